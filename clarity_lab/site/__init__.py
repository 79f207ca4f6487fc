"""The lessons as pages with sound, for readers who have nothing installed.

`clarity-lab site` runs the lessons and writes a folder that works from a disk, without
a server and without a network. nbconvert makes the pages, as it comes with JupyterLab
and runs offline; MyST and Jupyter Book 2 fetch their themes while they build.
"""
