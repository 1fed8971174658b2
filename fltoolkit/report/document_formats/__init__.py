"""Defines the parts of a document (headings, tables, charts), and writes a document as HTML, Word or slides
for PowerPoint."""
