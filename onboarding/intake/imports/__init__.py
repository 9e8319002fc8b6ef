"""Import of history: files become the very messages that SDKs send, and go through the very steps of live events.

sources, opening, unpacking                 a file as numbered rows, read as a stream
jsonl · table, delimited, parquet           each kind of file
mapping, guessing, cells, rowreading        which column becomes what (a value), and what a cell says
history                                     rows into the log, in large batches
preview                                     what the first rows would become
command                                     a file imported by command
models, pieces, uploads, jobs, tidying      a file that is uploaded and imported by a worker
folder, folder_files                        files that are put into a folder
reports · views, showing, mapping_form      what is told about it
"""
