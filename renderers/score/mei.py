"""The names of MEI, the form in which verovio tells what it understood."""

MEI = "{http://www.music-encoding.org/ns/mei}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
