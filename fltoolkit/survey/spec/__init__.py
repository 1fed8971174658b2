"""Defines the content of a survey.yaml as classes, and checks it when the file is read. Nothing here reads
data of persons."""
