"""Questions to reports, each with what the answer must hold; None where nothing here answers it.

Written for choosing the rules of assistant.drafting.answering: all of QUESTIONS and TALKS were in
sight while the rules were made.
"""

from __future__ import annotations

REPORTS: dict[str, dict[str, str]] = {
    "glioma": {
        "impression": "Suspected glioma, right frontal lobe. Consultation with neurosurgery within "
        "2 weeks is suggested.",
    },
    "stroke-de": {
        "findings": "Kleiner Substanzdefekt im linken Thalamus. Die Nasennebenhöhlen sind frei. "
        "Die Ventrikel sind normal weit.",
        "impression": "Alter lakunärer Infarkt im linken Thalamus, 8 mm. Keine frische Ischämie "
        "oder Blutung. Vorstellung in der Neurologie innerhalb von 4 Wochen empfohlen.",
    },
    "cavernoma": {
        "findings": "Popcorn-like focus in the right cerebellum. The sinuses are clear. The optic "
        "nerves are normal.",
        "impression": "Cavernoma of the right cerebellum, 11 mm, unchanged. No acute haemorrhage. "
        "Neurosurgical consultation within 6 weeks and follow-up MRI in 12 months recommended.",
    },
    "ms": {
        "findings": "Ovoid lesions, perpendicular to the corpus callosum. No enhancement after "
        "contrast.",
        "impression": "Seven demyelinating lesions around the ventricles on both sides. Not all "
        "criteria are met.",
    },
    "normal": {
        "findings": "The ventricles are of normal width. No midline shift. The pituitary gland is "
        "normal in size.",
        "impression": "Normal MRI of the brain. No mass, haemorrhage or infarct.",
    },
    "microadenoma-de": {
        "findings": "Das Chiasma opticum wird nicht berührt. Der Hypophysenstiel steht mittig.",
        "impression": "V.a. Mikroadenom der Hypophyse rechts, 6 mm. Verlaufskontrolle mittels MRT "
        "in 6 Monaten empfohlen.",
    },
    "two": {
        "findings": "The paranasal sinuses are clear. The flow voids of the large vessels are "
        "preserved. The patient moved during the last sequence.",
        "impression": "Arachnoid cyst, 17 mm, left temporal. Mild white matter hyperintensities in "
        "both hemispheres. No hydrocephalus.",
    },
    "aneurysm": {
        "findings": "No subarachnoid blood. The ventricles are symmetrical. The mastoid "
        "cells are opacified on the left.",
        "impression": "Unruptured aneurysm of the left middle cerebral artery, 5 mm. Referral "
        "to neurosurgery within 2 weeks is recommended.",
    },
    "atrophy-de": {
        "findings": "Die Sulci sind altersentsprechend weit. Die Schädelbasis ist unauffällig.",
        "impression": "Hippocampusatrophie beidseits. Leichte mikroangiopathische "
        "Marklagerveränderungen. Keine Raumforderung, keine Blutung. Vorstellung in der "
        "Gedächtnissprechstunde empfohlen.",
    },
    "mening": {
        "findings": "The lesion has a broad base on the dura. No oedema. The superior "
        "sagittal sinus is open.",
        "impression": "Meningioma of the right convexity, 31 mm, larger than on the last scan. "
        "No midline shift.",
    },
    "sinus-de": {
        "findings": "Die Hirnnerven sind regelrecht. Der Patient hat sich bewegt.",
        "impression": "Unauffälliges MRT des Gehirns. Schleimhautschwellung in der rechten "
        "Kieferhöhle.",
    },
}
"""Texts of reports by name; "glioma" has an accepted finding of 34 mm in the right frontal lobe."""

QUESTIONS: tuple[tuple[str, str, str, str | None], ...] = (
    ("glioma", "en", "How big is it?", "34 mm"),
    ("glioma", "en", "Where is it?", "right frontal lobe"),
    ("glioma", "en", "Which side is it on?", "right frontal lobe"),
    ("glioma", "en", "How large is the glioma?", "34 mm"),
    ("glioma", "en", "What is a glioma?", "A glioma is a growth"),
    ("glioma", "en", "Do I have a meningioma?", None),
    ("glioma", "en", "Is there bleeding?", None),
    ("glioma", "en", "How sure is the doctor that it is a glioma?", "Suspected glioma"),
    ("glioma", "en", "What does meningioma mean?", "does not use this word"),
    ("glioma", "en", "Has it grown since the last scan?", None),
    ("glioma", "en", "Is there any swelling?", None),
    ("glioma", "en", "Is there an aneurysm?", None),
    ("glioma", "en", "Which doctor should I see?", "neurosurgery within 2 weeks"),
    ("glioma", "en", "When should I see the specialist?", "2 weeks"),
    ("glioma", "en", "What is the capital of France?", None),
    ("glioma", "en", "How big is my heart?", None),
    ("glioma", "en", "Is my liver all right?", None),
    ("glioma", "en", "Did they use contrast?", "contrast"),
    ("glioma", "de", "Wie groß ist es?", "34 mm"),
    ("glioma", "de", "Wo liegt es?", "rechts im Stirnlappen"),
    ("glioma", "de", "Was ist ein Gliom?", "Ein Gliom ist eine Wucherung"),
    ("glioma", "de", "Auf welcher Seite ist das?", "rechts im Stirnlappen"),
    ("glioma", "de", "Habe ich eine Blutung?", None),
    ("glioma", "de", "Zu welchem Arzt soll ich gehen?", "Neurochirurgie"),
    ("glioma", "de", "Wie heißt die Hauptstadt von Frankreich?", None),
    ("glioma", "de", "Wie sicher ist das mit dem Gliom?", "Suspected glioma"),
    ("stroke-de", "de", "Wie groß ist der Infarkt?", "8 mm"),
    ("stroke-de", "de", "Wo ist der Infarkt?", "links im Thalamus"),
    ("stroke-de", "de", "Was bedeutet lakunär?", "Schlaganfall"),
    ("stroke-de", "de", "Gibt es eine Blutung?", "Keine frische Ischämie oder Blutung"),
    ("stroke-de", "de", "Habe ich einen neuen Schlaganfall?", "Keine frische Ischämie"),
    ("stroke-de", "de", "Sind die Nasennebenhöhlen frei?", "Nasennebenhöhlen sind frei"),
    ("stroke-de", "de", "Habe ich einen Tumor?", None),
    ("stroke-de", "de", "Wann ist der nächste Termin?", "4 Wochen"),
    ("stroke-de", "de", "Wie groß ist meine Leber?", None),
    ("stroke-de", "de", "Sind die Ventrikel normal?", "normal weit"),
    ("stroke-de", "de", "Hat es sich verändert?", None),
    ("stroke-de", "de", "Was ist ein Infarkt?", "zu wenig Blut"),
    ("stroke-de", "en", "How big is the stroke?", "8 mm"),
    ("stroke-de", "en", "Where is the old stroke?", "left thalamus"),
    ("stroke-de", "en", "Is there any bleeding?", "Keine frische Ischämie oder Blutung"),
    ("stroke-de", "en", "Do I have a tumour?", None),
    ("stroke-de", "en", "Which doctor should I see?", "neurology within 4 weeks"),
    ("stroke-de", "en", "Is there an aneurysm?", None),
    ("cavernoma", "en", "How big is the cavernoma?", "11 mm"),
    ("cavernoma", "en", "Where is the cavernoma?", "right cerebellum"),
    ("cavernoma", "en", "Has it changed?", "not changed"),
    ("cavernoma", "en", "Has the cavernoma grown?", "not changed"),
    ("cavernoma", "en", "Is there any fresh bleeding?", "No acute haemorrhage"),
    ("cavernoma", "en", "Did it bleed?", "No acute haemorrhage"),
    ("cavernoma", "en", "What is a cavernoma?", "knot of wide, thin blood vessels"),
    ("cavernoma", "en", "When is the next MRI?", "12 months"),
    ("cavernoma", "en", "Are the sinuses clear?", "sinuses are clear"),
    ("cavernoma", "en", "Are my optic nerves normal?", "optic nerves are normal"),
    ("cavernoma", "en", "How big is it?", "11 mm"),
    ("cavernoma", "en", "Is it hydrocephalus?", None),
    ("cavernoma", "en", "Do I have MS?", None),
    ("cavernoma", "en", "Will it rain tomorrow?", None),
    ("cavernoma", "en", "How old is the scanner?", None),
    ("cavernoma", "en", "Is my spine normal?", None),
    ("cavernoma", "de", "Wie groß ist das Kavernom?", "11 mm"),
    ("cavernoma", "de", "Ist es gewachsen?", "nicht geändert"),
    ("cavernoma", "de", "Was ist ein Kavernom?", "Knoten aus weiten"),
    ("cavernoma", "de", "Wann ist die nächste Kontrolle?", "12 Monaten"),
    ("cavernoma", "de", "Gibt es eine frische Blutung?", "No acute haemorrhage"),
    ("ms", "en", "How many spots are there?", "counts 7"),
    ("ms", "en", "Where are the spots?", "around the ventricles"),
    ("ms", "en", "Do I have MS?", "Seven demyelinating lesions"),
    ("ms", "en", "What does demyelinating mean?", "coat"),
    ("ms", "en", "Was there enhancement after contrast?", "No enhancement after contrast"),
    ("ms", "en", "What are the ventricles?", "Ventricles are spaces"),
    ("ms", "en", "How big are they?", None),
    ("ms", "en", "Is there a tumour?", None),
    ("ms", "en", "Are all criteria met?", "Not all criteria are met"),
    ("ms", "en", "Are the spots on both sides?", "on both sides"),
    ("ms", "de", "Wie viele Flecken sind es?", "davon 7"),
    ("ms", "de", "Habe ich MS?", "Seven demyelinating lesions"),
    ("ms", "de", "Was sind Hirnkammern?", "Hirnkammern sind Räume"),
    ("normal", "en", "Is it normal?", "Normal MRI of the brain"),
    ("normal", "en", "Do I have a tumour?", "No mass, haemorrhage or infarct"),
    ("normal", "en", "Is there a sign of a stroke?", "No mass, haemorrhage or infarct"),
    ("normal", "en", "Did I have a bleed?", "No mass, haemorrhage or infarct"),
    ("normal", "en", "Is the midline shifted?", "No midline shift"),
    ("normal", "en", "Is my pituitary gland normal?", "pituitary gland is normal"),
    ("normal", "en", "How big is it?", None),
    ("normal", "en", "Where is it?", None),
    ("normal", "en", "Is there an aneurysm?", None),
    ("normal", "en", "What about my kidneys?", None),
    ("normal", "en", "Who won the football match?", None),
    ("normal", "de", "Ist alles in Ordnung?", "Normal MRI of the brain"),
    ("normal", "de", "Habe ich einen Tumor?", "No mass, haemorrhage or infarct"),
    ("normal", "de", "Gibt es Zeichen für einen Schlaganfall?", "No mass, haemorrhage or infarct"),
    ("microadenoma-de", "de", "Wie groß ist das Mikroadenom?", "6 mm"),
    ("microadenoma-de", "de", "Ist das sicher?", "V.a. Mikroadenom"),
    ("microadenoma-de", "de", "Was ist ein Mikroadenom?", "kleiner als 10 mm"),
    ("microadenoma-de", "de", "Was macht die Hypophyse?", "Sie macht Hormone"),
    ("microadenoma-de", "de", "Wird das Chiasma opticum berührt?", "wird nicht berührt"),
    ("microadenoma-de", "de", "Wann soll ich wieder ins MRT?", "6 Monaten"),
    ("microadenoma-de", "de", "Habe ich Metastasen?", None),
    ("microadenoma-de", "de", "Ist es größer geworden?", None),
    ("microadenoma-de", "en", "How big is it?", "6 mm"),
    ("microadenoma-de", "en", "What is a microadenoma?", "less than 10 mm"),
    ("microadenoma-de", "en", "When is the follow-up?", "6 months"),
    ("two", "en", "How big is the cyst?", "17 mm"),
    ("two", "en", "Where is the arachnoid cyst?", "left temporal lobe"),
    ("two", "en", "How big is it?", "17 mm"),
    ("two", "en", "Do I have hydrocephalus?", "No hydrocephalus"),
    ("two", "en", "Is there water on the brain?", "No hydrocephalus"),
    ("two", "en", "What is white matter?", "white matter is the part of the brain"),
    ("two", "en", "Did I move during the scan?", "patient moved"),
    ("two", "en", "Are the sinuses clear?", "sinuses are clear"),
    ("two", "en", "Is there a fracture?", None),
    ("two", "en", "What did my blood test show?", None),
    ("two", "en", "Is the cyst getting bigger?", None),
    ("two", "de", "Wie groß ist die Zyste?", "17 mm"),
    ("two", "de", "Wo ist die Zyste?", "links im Schläfenlappen"),
    ("two", "de", "Habe ich einen Wasserkopf?", "No hydrocephalus"),
    ("two", "de", "Was ist eine Arachnoidalzyste?", "Beutel mit klarem Wasser"),
)

LATER: tuple[tuple[str, str, str, str | None], ...] = (
    ("aneurysm", "en", "What size does the aneurysm have?", "5 mm"),
    ("aneurysm", "en", "On which side is the aneurysm?", "left"),
    ("aneurysm", "en", "What is an aneurysm?", "bulge"),
    ("aneurysm", "en", "Has it burst?", "Unruptured aneurysm"),
    ("aneurysm", "en", "Is there any blood?", "No subarachnoid blood"),
    ("aneurysm", "en", "Do I have a brain tumor?", None),
    ("aneurysm", "en", "When do I have to see the neurosurgeon?", "2 weeks"),
    ("aneurysm", "en", "Are the mastoid cells fine?", "mastoid"),
    ("aneurysm", "en", "What about my kidneys?", None),
    ("aneurysm", "en", "Has the aneurysm got bigger?", None),
    ("aneurysm", "en", "Is the ventricle symmetrical?", "symmetrical"),
    ("aneurysm", "en", "Did they look at my neck?", None),
    ("aneurysm", "de", "Wie groß ist das Aneurysma?", "5 mm"),
    ("aneurysm", "de", "Was ist ein Aneurysma?", "Beule"),
    ("aneurysm", "de", "Habe ich einen Schlaganfall?", None),
    ("atrophy-de", "de", "Ist der Hippocampus kleiner?", "Hippocampus"),
    ("atrophy-de", "de", "Auf welcher Seite ist die Atrophie?", "beiden Seiten"),
    ("atrophy-de", "de", "Sieht man eine Blutung?", "keine Blutung"),
    ("atrophy-de", "de", "Habe ich Krebs?", None),
    ("atrophy-de", "de", "Wohin soll ich gehen?", "Gedächtnis"),
    ("atrophy-de", "de", "Was bedeutet Mikroangiopathie?", "weißen Substanz"),
    ("atrophy-de", "de", "Ist die Schädelbasis in Ordnung?", "Schädelbasis ist unauffällig"),
    ("atrophy-de", "de", "Wie alt bin ich?", None),
    ("atrophy-de", "de", "Habe ich ein Aneurysma?", None),
    ("atrophy-de", "en", "Is there a tumour?", "Keine Raumforderung"),
    ("atrophy-de", "en", "Which clinic should I go to?", "memory"),
    ("atrophy-de", "en", "What is the hippocampus?", "keep new things"),
    ("mening", "en", "How many millimetres is the meningioma?", "31 mm"),
    ("mening", "en", "Is it bigger than last time?", "larger"),
    ("mening", "en", "Where does the meningioma sit?", "right"),
    ("mening", "en", "Is there swelling around it?", "No oedema"),
    ("mening", "en", "Is the midline pushed over?", "No midline shift"),
    ("mening", "en", "Is the sinus open?", "sinus is open"),
    ("mening", "en", "What was my blood pressure?", None),
    ("mening", "en", "Is there bleeding?", None),
    ("mening", "en", "Can you tell me the weather?", None),
    ("mening", "de", "Ist das Meningeom gewachsen?", "größer"),
    ("mening", "de", "Gibt es ein Ödem?", "No oedema"),
    ("mening", "de", "Was ist ein Meningeom?", "dünnen Häute"),
    ("sinus-de", "de", "Ist das Gehirn unauffällig?", "Unauffälliges MRT"),
    ("sinus-de", "de", "Was ist mit der Kieferhöhle?", "Kieferhöhle"),
    ("sinus-de", "de", "Wo ist die Schwellung?", "rechts"),
    ("sinus-de", "de", "Habe ich MS?", None),
    ("sinus-de", "de", "Sind die Hirnnerven in Ordnung?", "Hirnnerven sind regelrecht"),
    ("sinus-de", "en", "Is my brain normal?", "Unauffälliges MRT"),
    ("sinus-de", "en", "Where is the swelling?", "right"),
)
"""Written when the rules were done and counted once before anything was changed for them."""

TALKS: tuple[tuple[str, str, tuple[str, ...], str | None], ...] = (
    ("two", "en", ("What is an arachnoid cyst?", "And how big is it?"), "17 mm"),
    ("two", "en", ("What is an arachnoid cyst?", "Where is it?"), "left temporal lobe"),
    ("two", "en", ("Do I have hydrocephalus?", "What does that word mean?"), "more fluid"),
    ("cavernoma", "en", ("What is a cavernoma?", "And where is it?"), "right cerebellum"),
    ("cavernoma", "en", ("Where is the cavernoma?", "Has it grown?"), "not changed"),
    ("glioma", "en", ("What does meningioma mean?", "Do I have it?"), None),
    ("glioma", "en", ("What is oedema?", "How big is it?"), None),
    ("ms", "en", ("Do I have MS?", "How many are there?"), "counts 7"),
    ("two", "de", ("Was ist eine Arachnoidalzyste?", "Und wie groß ist sie?"), "17 mm"),
    ("stroke-de", "de", ("Gibt es eine Blutung?", "Was bedeutet das Wort?"), "Blut aus einer Ader"),
    ("stroke-de", "de", ("Was ist ein Infarkt?", "Wo ist er?"), "links im Thalamus"),
    ("cavernoma", "de", ("Was ist ein Kavernom?", "Ist es gewachsen?"), "nicht geändert"),
)
"""Conversations: the last question is answered after the others."""
