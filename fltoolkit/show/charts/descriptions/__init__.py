"""Describes charts as data: the numbers, words and signs of each chart, made from published tables in one
language."""
