"""Contains the kit's words in each language, in one or more YAML files per language. Modules of this package
do not import the packages survey, classify, estimate, publish, nap, show and report."""
