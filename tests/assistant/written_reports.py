"""Sentences a doctor might write, put together from parts whose meaning is known."""

from __future__ import annotations

ENGLISH = {
    "meningioma": "meningioma",
    "glioma": "glioma",
    "pituitary": "pituitary adenoma",
    "microadenoma": "pituitary microadenoma",
    "metastasis": "metastasis",
    "schwannoma": "vestibular schwannoma",
    "old-infarct": "old lacunar infarct",
    "new-infarct": "acute infarct",
    "infarct": "infarct",
    "white-matter": "white matter hyperintensities",
    "atrophy": "cerebral atrophy",
    "hippocampus": "hippocampal atrophy",
    "ms-lesions": "demyelinating lesions",
    "arachnoid-cyst": "arachnoid cyst",
    "cyst": "pineal cyst",
    "cavernoma": "cavernoma",
    "aneurysm": "aneurysm",
    "hydrocephalus": "hydrocephalus",
    "wide-ventricles": "enlarged ventricles",
    "bleeding": "haemorrhage",
    "new-bleeding": "acute haemorrhage",
    "old-bleeding": "old haemorrhage",
    "microbleeds": "microbleeds",
    "sinus": "mucosal thickening",
    "oedema": "oedema",
    "shift": "midline shift",
    "mass-effect": "mass effect",
}
"""How a doctor names each condition; German below."""

GERMAN = {
    "meningioma": "Meningeom",
    "glioma": "Gliom",
    "pituitary": "Hypophysenadenom",
    "microadenoma": "Mikroadenom",
    "metastasis": "Metastase",
    "schwannoma": "Vestibularisschwannom",
    "old-infarct": "alter lakunärer Infarkt",
    "new-infarct": "akuter Infarkt",
    "infarct": "Infarkt",
    "white-matter": "mikroangiopathische Marklagerveränderungen",
    "atrophy": "Hirnatrophie",
    "hippocampus": "Hippocampusatrophie",
    "ms-lesions": "Entmarkungsherde",
    "arachnoid-cyst": "Arachnoidalzyste",
    "cyst": "Pinealiszyste",
    "cavernoma": "Kavernom",
    "aneurysm": "Aneurysma",
    "hydrocephalus": "Hydrozephalus",
    "wide-ventricles": "Ventrikelerweiterung",
    "bleeding": "Blutung",
    "new-bleeding": "akute Blutung",
    "old-bleeding": "alte Blutung",
    "microbleeds": "Mikroblutungen",
    "sinus": "Schleimhautschwellung",
    "oedema": "Ödem",
    "shift": "Mittellinienverlagerung",
    "mass-effect": "Raumforderungseffekt",
}

SURE = {"en": "{Name}{where}{size}{course}.", "de": "{Name}{where}{size}{course}."}
SUSPECTED = {
    "en": "Suspected {name}{where}{size}.",
    "de": "Verdacht auf {name}{where}{size}.",
}
DENIED = {"en": "No {name}.", "de": "Kein Nachweis: kein {name}."}
WHERE = {
    "en": {"left": " in the left frontal lobe", "right": " in the right thalamus", "": ""},
    "de": {"left": " im linken Frontallappen", "right": " im rechten Thalamus", "": ""},
}
COURSE = {
    "en": {"same": ", unchanged", "": ""},
    "de": {"same": ", unverändert", "": ""},
}
NAMES = {"en": ENGLISH, "de": GERMAN}


def sentence(
    language: str, condition: str, form: str, *, side: str = "", size: str = "", course: str = ""
) -> str:
    """One sentence about one condition; ``form`` is one of SURE, SUSPECTED and DENIED's values."""
    name = NAMES[language][condition]
    return form.format(
        name=name,
        Name=name[0].upper() + name[1:],
        where=WHERE[language][side],
        size=f", {size}" if size else "",
        course=COURSE[language][course],
    )
