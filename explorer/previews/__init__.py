"""What a technique does, made on a few images for somebody who looks: one preview a file.

A file declares `make(dataset, options, at_work) -> Preview`: from a saved data set and plain JSON options to arrays and
facts. It is run in a process of the engine and may import what is heavy inside its functions; pages see its answer.
"""
