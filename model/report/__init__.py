"""What a run leaves behind: plain data (`record`), words on a screen (`terminal`, `explanation`), files (`files`, `workbook`)."""
