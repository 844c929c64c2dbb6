"""The list of pages and the navigation; nothing else."""

from pathlib import Path

import streamlit as st

from explorer.ui import shell, texts

HERE = Path(__file__).parent

st.set_page_config(page_title=texts.PRODUCT, layout="wide")
shell.prepare(HERE)
pages = shell.known(
    {
        "": [
            st.Page("pages/home.py", title=texts.START, default=True, help=texts.START_TIP),
            st.Page("pages/guide.py", title=texts.GUIDE, url_path="guide", help=texts.GUIDE_TIP),
        ],
        texts.SECTION_DATA: [st.Page("pages/data.py", title=texts.DATA, url_path="data", help=texts.DATA_TIP)],
        texts.SECTION_TECHNIQUES: [
            st.Page("pages/denoise.py", title=texts.DENOISE, url_path="denoise", help=texts.DENOISE_TIP),
            st.Page("pages/augment.py", title=texts.AUGMENT, url_path="augment", help=texts.AUGMENT_TIP),
            st.Page("pages/transfer.py", title=texts.TRANSFER, url_path="transfer", help=texts.TRANSFER_TIP),
            st.Page("pages/self_supervised.py", title=texts.SELF, url_path="self_supervised", help=texts.SELF_TIP),
            st.Page(
                "pages/pseudo_label.py",
                title=texts.PSEUDO_LABEL,
                url_path="pseudo_label",
                help=texts.PSEUDO_LABEL_TIP,
            ),
        ],
        texts.SECTION_COMPARE: [
            st.Page("pages/compare.py", title=texts.COMPARE, url_path="compare", help=texts.COMPARE_TIP),
            st.Page("pages/understand.py", title=texts.UNDERSTAND, url_path="understand", help=texts.UNDERSTAND_TIP),
            st.Page("pages/label_next.py", title=texts.LABEL_NEXT, url_path="label_next", help=texts.LABEL_NEXT_TIP),
        ],
        texts.SECTION_SHARE: [
            st.Page("pages/share.py", title=texts.SHARE_TITLE, url_path="share", help=texts.SHARE_PAGE_TIP)
        ],
    }
)
shell.run(st.navigation(pages, position="top"), HERE)
