"""The engine: who may, the table of rows, firing a row, mounting it; knows no stage."""
