"""What a technique does, made on a few images for somebody who looks: one preview a file.

A file declares `make(dataset, options, at_work) -> Preview`: from a saved data set and plain JSON options to arrays and
facts. It is run in a process of the engine and may import what is heavy inside its functions; pages see its answer.

One that takes more than some seconds says `LONG = True`: another process makes it, so that no quick one waits for it.
Its steps, told to `at_work.monitor`, are shown while it is made, and it ends at the next of them when nobody wants it.
"""
