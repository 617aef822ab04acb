"""What is measured by hand, since it takes minutes: `make measure` lists it, `make measure NAME=speed` runs one.

Every module has a `main` that takes the arguments of its command line. They need the repository; nothing here is
installed with the package.
"""
