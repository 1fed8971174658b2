"""What a survey.yaml says, as checked objects: nothing here reads a person."""
