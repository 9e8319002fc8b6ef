"""Import of history: files become the very messages that SDKs send, and go through the very steps of live events.

sources, unpacking, jsonl, delimited, parquet, opening   a file as numbered rows, read as a stream
mapping, cells, guessing                                  which column becomes what (a value), and what a cell says
history                                                   rows into the log, in large batches
preview                                                   what the first rows would become
models, uploads, jobs, reports                            a file that is uploaded, imported by a worker, told about
folder                                                    files that are put into a folder
"""
