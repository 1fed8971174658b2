"""The content of a survey.yaml as checked objects. Nothing here reads data of persons."""
