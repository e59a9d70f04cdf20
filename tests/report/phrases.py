"""The table of phrases is whole: every phrase in every language, with the same words in braces and the forms that the language needs.

usage: phrases.py examples/report/phrases.def
"""

import pathlib
import re
import sys

FORMS = {"English": {1, 2}, "Persian": {1}, "Arabic": {1, 6}}
STRING = r'"(?:[^"\\]|\\.)*"'
PHRASE = re.compile(rf"PHRASE\((\w+),((?:\s*{STRING}|\s*,)+)\s*\)")


def read(path):
    """Names of the phrases, and their texts in the languages."""
    text = re.sub(r"/\*.*?\*/", "", pathlib.Path(path).read_text(encoding="utf-8"), flags=re.DOTALL)
    left = PHRASE.sub("", text).strip()
    if left:
        yield "", [f"cannot be read: {left[:60]}"]
    for name, body in PHRASE.findall(text):
        yield name, ["".join(re.findall(STRING, part)).replace('""', "").strip('"') for part in re.split(rf",(?=(?:[^\"]|{STRING})*$)", body)]


def problems(path):
    seen = set()
    for name, texts in read(path):
        if name in seen or len(texts) != len(FORMS):
            yield f"{name}: {'is there twice' if name in seen else texts}"
            continue
        seen.add(name)
        words = [set(re.findall(r"{(\w+)}", text)) for text in texts]
        items = [text.count("|") + 1 for text in texts]
        for language, text, found, count in zip(FORMS, texts, words, items):
            if not text:
                yield f"{name}: {language} is missing"
            if found != words[0]:
                yield f"{name}: {language} has {sorted(found)}, English has {sorted(words[0])}"
            if "n" in words[0] and count not in FORMS[language]:
                yield f"{name}: {language} has {count} forms of the plural; it needs {max(FORMS[language])}"
            if "n" not in words[0] and count != items[0]:
                yield f"{name}: {language} has {count} items, English has {items[0]}"
            if text != text.strip() and name != "list_comma":
                yield f"{name}: {language} begins or ends with a blank"
            if language != "English" and re.search(r"[0-9%]", text):
                yield f"{name}: {language} has digits of another script"
            if language == "Persian" and re.search("[يكىة]", text) or language == "Arabic" and re.search("[یکگچپژ]", text):
                yield f"{name}: {language} has a letter of the other language"


found = list(problems(sys.argv[1]))
print("\n".join(found) or "every phrase is whole")
sys.exit(1 if found else 0)
