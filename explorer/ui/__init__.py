"""Widgets that pages share; the only room that knows Streamlit."""
