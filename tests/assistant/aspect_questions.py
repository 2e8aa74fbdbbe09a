"""Questions for how large, where, how many, grown, back: the answer stands in one sentence.

Written for choosing the rules of assistant.drafting.aspects; all were in sight while these were
made. None: the report does not say it.
"""

from __future__ import annotations

REPORTS: dict[str, dict[str, str]] = {
    "after-operation": {
        "findings": "Resection cavity in the left frontal lobe, 22 x 18 mm. No nodular enhancement "
        "at its edge. The surrounding FLAIR signal is unchanged since the last examination.",
        "impression": "No evidence of recurrence. Follow-up MRI in 3 months is recommended.",
    },
    "many": {
        "findings": "There are four enhancing lesions. The largest lies in the right cerebellum "
        "and measures 19 mm. The ventricles are not widened.",
        "impression": "Multiple metastases. Presentation to oncology within one week is advised.",
    },
    "nerve": {
        "findings": "Enhancing mass in the right internal auditory canal. It measures 9 x 6 mm. "
        "It has grown by 2 mm since 2025.",
        "impression": "Vestibular schwannoma. Please refer to ENT within 4 weeks.",
    },
    "bleeds": {
        "findings": "Five microbleeds in the thalami. A chronic subdural haematoma along the left "
        "convexity, 7 mm thick, has become smaller.",
        "impression": "Shrinking subdural haematoma. Control in 4 weeks.",
    },
    "quiet": {
        "findings": "The ventricles are of normal width. No diffusion restriction.",
        "impression": "Normal MRI of the brain.",
    },
    "back-de": {
        "findings": "Neue Kontrastmittelanreicherung am Rand der Resektionshöhle rechts parietal, "
        "11 mm. Drei kleine Herde im Marklager, unverändert zur Voruntersuchung.",
        "impression": "Rezidiv des bekannten Meningeoms. Vorstellung in der Neurochirurgie "
        "innerhalb von 2 Wochen empfohlen.",
    },
    "plaques-de": {
        "findings": "Sechs Läsionen periventrikulär, zwei davon neu. Der größte Herd misst 14 mm "
        "und liegt links.",
        "impression": "Befund vereinbar mit Multipler Sklerose. Wiedervorstellung in der "
        "Neurologie in 6 Monaten.",
    },
}

ASKED: tuple[tuple[str, str, str, str | None], ...] = (
    ("after-operation", "en", "Has it come back?", "No evidence of recurrence"),
    ("after-operation", "en", "Did the tumour return after my operation?", "No evidence of recurr"),
    (
        "after-operation",
        "en",
        "Is there any sign that it is growing back?",
        "No evidence of recurr",
    ),
    ("after-operation", "en", "How big is the hole they left?", "22 x 18 mm"),
    ("after-operation", "en", "Which side was it on?", "left frontal lobe"),
    ("after-operation", "en", "Has anything changed since my last scan?", "unchanged"),
    ("after-operation", "en", "When do I have to come back?", "3 months"),
    ("after-operation", "en", "Do I need another scan?", "3 months"),
    ("after-operation", "en", "How many lesions are there?", None),
    ("after-operation", "en", "How big is my liver?", None),
    ("after-operation", "de", "Ist der Tumor wiedergekommen?", "No evidence of recurrence"),
    ("many", "en", "How many are there altogether?", "four enhancing lesions"),
    ("many", "en", "How many tumours did they count?", "four enhancing lesions"),
    ("many", "en", "How big is the biggest one?", "19 mm"),
    ("many", "en", "Where is the largest one?", "right cerebellum"),
    ("many", "en", "Which side is the biggest one on?", "right cerebellum"),
    ("many", "en", "Have they got bigger?", None),
    ("many", "en", "Did they come back?", None),
    ("many", "en", "How soon do I have to be seen?", "1 week"),
    ("many", "en", "What did my doctor recommend?", "1 week"),
    ("many", "en", "How many children does the doctor have?", None),
    ("many", "en", "How many aneurysms do I have?", None),
    ("many", "de", "Wie viele Metastasen sind es?", "four enhancing lesions"),
    ("many", "de", "Wie groß ist die größte?", "19 mm"),
    ("nerve", "en", "How large is the thing in my ear canal?", "9 x 6 mm"),
    ("nerve", "en", "How many millimetres is it?", "9 x 6 mm"),
    ("nerve", "en", "Has the schwannoma grown?", "grown by 2 mm"),
    ("nerve", "en", "Is it bigger than before?", "grown by 2 mm"),
    ("nerve", "en", "Is it on the left or on the right?", "right internal auditory canal"),
    ("nerve", "en", "Which ear is affected?", "right internal auditory canal"),
    ("nerve", "en", "Where exactly is the schwannoma?", "right internal auditory canal"),
    ("nerve", "en", "Where should I go with this?", "ear, nose and throat"),
    ("nerve", "en", "Where did my doctor study?", None),
    ("nerve", "en", "Is the aneurysm bigger?", None),
    ("nerve", "en", "How long is the waiting time?", None),
    ("nerve", "en", "How long does a schwannoma take to grow?", None),
    ("nerve", "de", "Ist es gewachsen?", "grown by 2 mm"),
    ("nerve", "de", "Auf welcher Seite ist das Schwannom?", "right internal auditory canal"),
    ("bleeds", "en", "How many microbleeds are there?", "Five microbleeds"),
    ("bleeds", "en", "How many small bleeds were seen?", "Five microbleeds"),
    ("bleeds", "en", "How thick is the haematoma?", "7 mm thick"),
    ("bleeds", "en", "Has the haematoma got smaller?", "Shrinking"),
    ("bleeds", "en", "Which side is the haematoma on?", "left"),
    ("bleeds", "en", "How big are the microbleeds?", None),
    ("bleeds", "en", "Did the stroke come back?", None),
    ("bleeds", "en", "How big was my brother's bleed?", None),
    ("quiet", "en", "How big is the tumour?", None),
    ("quiet", "en", "Has it grown?", None),
    ("quiet", "en", "Which side is it on?", None),
    ("quiet", "en", "Did it come back?", None),
    ("quiet", "en", "How many spots are there?", None),
    ("quiet", "en", "How big are the ventricles?", "normal width"),
    ("quiet", "de", "Wie viele Herde sind es?", None),
    ("back-de", "de", "Ist es wiedergekommen?", "Rezidiv"),
    ("back-de", "de", "Ist der Tumor zurück?", "Rezidiv"),
    ("back-de", "de", "Wie viele Herde wurden gezählt?", "Drei kleine Herde"),
    ("back-de", "de", "Haben sich die Herde verändert?", "unverändert"),
    ("back-de", "de", "Wie groß ist die neue Anreicherung?", "11 mm"),
    ("back-de", "de", "Wer soll mich weiter behandeln, wohin muss ich?", "Neurochirurgie"),
    ("back-de", "de", "Was soll ich jetzt tun?", "Neurochirurgie"),
    ("back-de", "de", "Wie groß ist das Aneurysma?", None),
    ("back-de", "en", "Has the meningioma come back?", "Rezidiv"),
    ("plaques-de", "de", "Wie viele Flecken habe ich?", "Sechs Läsionen"),
    ("plaques-de", "de", "Sind neue dazugekommen?", "zwei davon neu"),
    ("plaques-de", "de", "Wie viele sind neu?", "zwei davon neu"),
    ("plaques-de", "de", "Wie groß ist der größte Herd?", "14 mm"),
    ("plaques-de", "de", "Auf welcher Seite liegt der größte?", "liegt links"),
    ("plaques-de", "de", "Wann muss ich wiederkommen?", "6 Monaten"),
    ("plaques-de", "de", "Wie viele Schlaganfälle hatte ich?", None),
    ("plaques-de", "en", "How many spots are new?", "zwei davon neu"),
    ("plaques-de", "en", "When should I go back to the neurologist?", "6 Monaten"),
)

NOT_SAID: tuple[tuple[str, str, str], ...] = (
    ("many", "en", "How big will they get?"),
    ("many", "en", "How many years do I have?"),
    ("many", "en", "How many scans did I have?"),
    ("many", "en", "How large is a metastasis usually?"),
    ("many", "en", "Who recommended this clinic?"),
    ("many", "en", "What should I do if I have a seizure?"),
    ("nerve", "en", "When will I get better?"),
    ("nerve", "en", "How long have I had it?"),
    ("nerve", "en", "How wide are the ventricles?"),
    ("nerve", "en", "Has my hearing got worse?"),
    ("nerve", "en", "Where is the hospital?"),
    ("bleeds", "en", "Where is the tumour?"),
    ("bleeds", "en", "What do you recommend for headache?"),
    ("bleeds", "en", "When can I drive again?"),
    ("after-operation", "en", "Has my headache returned?"),
    ("after-operation", "en", "Will my memory come back?"),
    ("back-de", "de", "Wo ist die Praxis?"),
    ("back-de", "de", "Wann kann ich wieder arbeiten?"),
    ("back-de", "de", "Ist mein Haar nachgewachsen?"),
    ("plaques-de", "de", "Was muss ich tun, wenn es schlimmer wird?"),
    ("plaques-de", "de", "Wie groß sind die Ventrikel?"),
)
"""Questions in the same words that no report answers; ten of them were answered at first."""
