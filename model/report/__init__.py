"""What a run leaves behind: plain data, words on a screen, files.

`record`, `pairs` and `years` make run.json; `terminal` and `explanation` speak to a reader, in the `words` of numbers;
`files` puts everything in its place; `workbook` and the modules that it reads write the Excel file.
"""
