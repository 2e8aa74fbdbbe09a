"""Written rules for emergencies in German, over folded text (small letters, "ae" for "ä").

Each entry: the kind of emergency, whether its words already hold a negation, its patterns.
"""

from __future__ import annotations

_KIN = r"(?:mein\w*|sein\w*|ihr\w*|der|die|das|ein\w*)"
_LIMB = (
    r"(?:arme?|beine?|hand|haende|finger|fuss|fuesse|gesichts?\w*|mund\w*|seite|koerperhaelfte"
    r"|koerper|zunge|lippen?|wange|haelfte|augenlid)"
)
_LIMP = (
    r"(?:taub\w*|gelaehmt\w*|laehm\w+|kraftlos|schlaff|schwach|schwaeche|gefuehllos|haengt?|haengen"
    r"|haengende\w*|schief\w*|kribbel\w*|eingeschlafen|tot|wie tot|pelzig|zuckt?|zucken)"
)
_OFF = r"(?:gehorch\w+|reagier\w+|beweg\w+|heben|anheben|spuer\w+|fuehl\w+|halten|greifen)"

GERMAN_RULES: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    (
        "seizure",
        False,
        (
            r"\b(?:krampf\w*anf\w+|krampfanf\w+|epileptische\w* anf\w+)",
            r"\b(?:hat|habe|hatte|bekommt|kriegt|bekomme|wieder|gerade"
            r"|noch) (?:\w+ ){0,3}anf(?:all|aelle)\b",
            r"\banf(?:all|aelle)\b.{0,25}\b(?:gerade|jetzt|heute|eben|nacheinander"
            r"|nach dem anderen)\b",
            r"\b(?:krampft|gekrampft|verkrampft sich)\b|\bschaum vor\b",
            r"\bam ganzen koerper\b|\bganze\w* koerper (?:zuckt|zittert|bebt)",
            r"\b(?:zuckt|zucken|zittert) (?:\w+ )?(?:unkontrolliert|staendig|und hoert)",
        ),
    ),
    (
        "sudden headache",
        False,
        (
            r"\b(?:schlimmst\w+|staerkst\w+|unertraeglich\w*|furchtbar\w*|schrecklich\w*"
            r"|wahnsinnig\w*"
            r"|hoellisch\w*|rasend\w*|vernichtend\w*) (?:\w+ )?kopf\w+",
            r"\bploetzlich\w*\b.{0,30}\bkopf(?:schmerz\w*|weh)|\bkopf(?:schmerz\w*"
            r"|weh)\b.{0,30}\bploetzlich",
            r"\bkopf\w*\b.{0,25}\b(?:explodier\w+|platzt|zerspring\w+|zerreiss\w+|donnerschlag"
            r"|wie noch nie|unertraeglich|fast umbring\w+)|\bkopf\b.{0,12}\bgeplatzt",
            r"\bnoch nie (?:solche|so starke|so schlimme)\b.{0,20}\bkopf",
            r"\bschmerz\w*\b.{0,15}\bkopf\b.{0,15}\b(?:wie ein (?:schlag|blitz)|ploetzlich)",
        ),
    ),
    (
        "weakness",
        False,
        (
            rf"\b{_LIMB}\b.{{0,30}}\b{_LIMP}",
            rf"\b{_LIMP} (?:\w+ )?{_LIMB}\b|\b(?:taubheit|laehmung"
            rf"|schwaeche)\w*\b.{{0,20}}\b{_LIMB}",
            r"\b(?:mundwinkel|gesicht|lid|augenlid)\b.{0,20}\b(?:haengt|haengen|runter)",
            r"\bhalbseit\w+|\bkeine (?:kraft|kontrolle)\b|\b(?:bein|beine"
            r"|knie) (?:\w+ )?(?:weggesackt|sack\w+ weg)",
            r"\b(?:faellt|fallen|rutsch\w+)\b.{0,30}\baus der hand\b",
            r"\bbeine tragen mich nicht\b|\blinks (?:\w+ )?(?:taub|gelaehmt|tot)\b",
        ),
    ),
    (
        "something does not work",
        True,
        (
            rf"\b{_LIMB}\b.{{0,25}}\bnicht (?:mehr |richtig )?{_OFF}",
            r"\b(?:kann|konnte|koennen) (?:\w+ ){0,4}nicht (?:mehr |richtig |gut )*(?:sprechen"
            r"|reden|schlucken"
            r"|laufen|gehen|stehen|aufstehen|atmen|lesen|schreiben|aufwachen)\b",
            r"\bnicht (?:mehr )?(?:richtig )?(?:sprechen|reden|schlucken|atmen|laufen)\b",
            r"\b(?:spuere|fuehle|spuert|fuehlt)\b.{0,25}\b(?:nicht(?: mehr)?|nichts)\b(?!.*termin)",
            r"\b(?:atmet|reagiert|antwortet|ansprechbar|erweckbar) (?:\w+ )?nicht\b"
            r"|\bnicht (?:mehr )?"
            r"(?:ansprechbar|bei bewusstsein|wach(?:zukriegen|zubekommen)?|erweckbar)",
            r"\bwacht (?:\w+ )?nicht (?:mehr )?auf\b|\b(?:kriege|bekomme|kann) (?:ihn|sie"
            r"|es) (?:\w+ )?"
            r"nicht (?:wach|wecken|mehr wecken)",
            r"\bgleichgewicht\b.{0,20}\bnicht\b|\bweiss (?:\w+ ){0,2}nicht,? (?:mehr )?(?:wo|wer"
            r"|welcher tag)",
            r"\berkennt (?:uns|mich|niemanden|\w+ familie) (?:\w+ )*nicht\b",
            r"\b(?:urin|wasser|harn)\b.{0,20}\bnicht (?:mehr )?(?:halten|lassen)",
        ),
    ),
    (
        "speech",
        False,
        (
            r"\b(?:lallt|lalle|lallen|nuschelt|stammelt)\b|\bverwaschen\w*\b",
            r"\b(?:wirr\w*|unverstaendlich\w*|unsinn|kauderwelsch)\b.{0,15}\b(?:redet|spricht"
            r"|zeug|rede)\b"
            r"|\b(?:redet|spricht|rede|spreche) (?:\w+ )?(?:nur )?(?:wirr\w*|unsinn|undeutlich"
            r"|komisch)",
            r"\b(?:finde|findet) (?:die |keine )?wor?t\w*\b|\bwoerter (?:\w+ )?(?:kommen|fehlen"
            r"|durcheinander)",
            r"\bsprachstoerung\w*\b.{0,20}\b(?:jetzt|gerade|seit|ploetzlich)"
            r"|\bsprache (?:ist )?weg\b",
        ),
    ),
    (
        "vision",
        False,
        (
            r"\b(?:sehe|sieht|sah) (?:\w+ ){0,3}(?:doppelt|nichts|nur noch|verschwommen|schwarz"
            r"|blitze)\b",
            r"\b(?:ploetzlich|auf einmal|jetzt) (?:\w+ ){0,2}blind\b|\berblindet\b"
            r"|\balles (?:\w+ )?doppelt\b(?!.*\bseite\b)"
            r"|\bsehkraft\b.{0,15}\bweg\b",
            r"\bvorhang\b.{0,20}\bauge|\bgesichtsfeld\b.{0,20}\bweg|\bschwarz vor (?:den )?augen\b",
            r"\bpupille\b.{0,20}\b(?:gross|groesser|riesig|weit)|\bhaelfte\b.{0,20}\bsehe\w*\b",
        ),
    ),
    (
        "consciousness",
        False,
        (
            r"\b(?:bewusstlos|ohnmaechtig|bewusstsein verl\w+|verliere\w* (?:\w+ )*bewusstsein)\b",
            r"\bzusammengebrochen\b|\bkollabiert\b|\bumgekippt\b|\bkippe (?:\w+ )*um\b",
            r"\b(?:kaum|nicht) (?:zu )?wecken\b|\bbenommen\w*\b|\bsehr schlaefrig\b",
            r"\b(?:ist|bin|wirkt|ploetzlich) (?:\w+ )?(?:verwirrt|desorientiert|durcheinander)\b",
            r"\breagiert nicht\b|\bstarrt (?:\w+ ){0,3}(?:leere|und)\b",
        ),
    ),
    (
        "self-harm",
        True,
        (
            r"\b(?:will|moechte|mag) (?:\w+ )?nicht mehr (?:leben|da sein|aufwachen|weiterleben)\b",
            r"\b(?:bring\w*|bringe) mich (?:\w+ )?um\b|\bmich umbring\w+|\bumbringen\b",
            r"\blieber (?:\w+ ){0,2}(?:tot|sterben)\b|\b(?:lieber|eher) sterbe\b",
            r"\b(?:selbstmord|suizid|selbsttoetung|lebensmuede)\w*\b",
            r"(?<!nicht )\bwill (?:nur (?:noch )?|einfach )?sterben\b|\bmoechte sterben\b"
            r"|\btot sein\b",
            r"\bleben (?:\w+ )?(?:beenden|keinen sinn|sinnlos)|\bmein leben beende\b"
            r"|\bmache schluss\b",
            r"\bohne mich\b.{0,20}\bbesser\b|\bmir (?:\w+ ){0,3}(?:etwas |was )?an(?:zu)?tu\w*\b"
            r"|\btue mir\b.{0,30}\ban\b",
            r"\b(?:alle|zu viele|viele) (?:\w+ )?(?:tabletten|pillen"
            r"|medikamente) (?:\w+ )?(?:geschluckt|genommen)",
            r"\bganze[nr]? (?:\w+ )?(?:packung|schachtel|dose|flasche"
            r"|streifen)\b.{0,20}\b(?:genommen|geschluckt"
            r"|getrunken|leer)",
            r"\babschiedsbrief\b|\bkein\w* (?:grund|sinn) mehr\b|\bvermissen\b.{0,20}\btot\b",
            r"\bspring\w*\b.{0,20}\b(?:bruecke|dach|fenster|zug)|\b(?:bruecke|dach"
            r"|zug)\b.{0,20}\bspring",
            r"\blohnt sich nicht mehr\b.{0,12}\bleb|\bwenn ich (?:weg|tot"
            r"|nicht mehr da) (?:waere|bin)\b",
            r"\b(?:zu|so) viele (?:von )?(?:meinen |meine )?(?:tabletten|pillen)",
            r"\b(?:nicht mehr|nie mehr) aufwachen\b|\bhalte (?:es|das) nicht (?:mehr )?aus\b",
        ),
    ),
    (
        "chest or breath",
        False,
        (
            r"\bbrust(?:schmerz\w*|enge)\b|\bbrust (?:\w+ )?(?:tut|schmerzt)|\b(?:druck"
            r"|schmerz\w*|stechen) (?:auf|in) "
            r"(?:der|meiner) brust",
            r"\batemnot\b|\b(?:schwer|schlecht) (?:\w+ )?luft\b|\bkurzatmig\b"
            r"|\berstick\w+",
            r"\bherz rast\b|\blippen (?:sind )?blau\b|\bblau angelaufen\b",
        ),
    ),
    ("chest or breath", True, (r"\b(?:keine|kaum) (?:\w+ )?luft\b",)),
    (
        "stiff neck",
        False,
        (r"\b(?:nacken|hals)\b.{0,12}\bsteif|\bsteife\w* (?:nacken|hals)|\bnackensteif\w+",),
    ),
    (
        "vomiting",
        False,
        (
            r"\b(?:erbrech\w+|uebergeb\w+|kotz\w+|erbricht)\b.{0,40}\bkopf"
            r"|\bkopf\w*\b.{0,40}\b(?:erbrech\w+|uebergeb\w+"
            r"|erbricht)",
            r"\b(?:staendig|dauernd|nicht aufhoeren)\b.{0,15}\b(?:erbrech\w+|uebergeb\w+"
            r"|zu erbrechen)",
        ),
    ),
    (
        "injury or bleeding",
        False,
        (
            r"\b(?:kopf|schaedel)\b.{0,25}\b(?:aufgeschlagen|gestossen|angeschlagen"
            r"|blutet)\b(?!.*letzten monat)",
            r"\b(?:blutet|blutung hoert|bluten)\b.{0,20}\b(?:stark|kopf|nicht auf)"
            r"|\bnicht auf zu bluten\b",
            r"\bblut\b.{0,15}\baus (?:dem|der|meine\w*) (?:ohr|nase|kopf|mund)|\baus (?:meinem"
            r"|dem) ohr\b.{0,12}\bblut",
            r"\bklare fluessigkeit\b|\bwunde\b.{0,25}\b(?:offen|aufgegangen|blutet|heiss|eitert"
            r"|naesst)",
            rf"\bgestuerzt\b.{{0,30}}\bkopf|\bauf {_KIN} kopf (?:gefallen|gestuerzt)",
        ),
    ),
    (
        "sudden onset",
        False,
        (
            r"\b(?:mir|ich|er|sie|meine?[rnm]? \w+)\b.{0,30}\b(?:ploetzlich|auf einmal"
            r"|schlagartig|aus dem nichts)\b"
            r".{0,30}\b(?:schwindlig|schlecht|komisch|weg|anders|schwach|taub|wirr|dunkel"
            r"|schwarz|nicht mehr)\b",
            r"\b(?:ploetzlich|auf einmal|schlagartig)\b.{0,25}\b(?:nicht mehr|taub|blind|doppelt"
            r"|schwindel\w*|weg)\b",
        ),
    ),
    (
        "stroke or attack",
        False,
        (
            r"\b(?:habe|hat|hatte|glaube|denke)\b.{0,25}\b(?:gerade|jetzt|eben|wohl|vielleicht"
            r"|einen) (?:einen )?schlaganfall\b",
            r"\b(?:ist|habe|hier ist) ein(?:en)? notfall\b|\bschnell\b.{0,15}\b(?:krankenwagen"
            r"|arzt|hilfe)",
            r"\bzieht\b.{0,15}\bmich\b.{0,20}\bseite|\bfalle\b.{0,12}\bnach (?:links|rechts)",
            r"\bbuchstaben\b.{0,15}\bdurcheinander|\beiter\b|\bschuettelfrost\b"
            r"|\bversteht (?:mich )?nicht,? was",
            r"\bwelches jahr\b|\bwunde\b.{0,12}\b(?:laeuft|fluessigkeit)",
            r"\bist das ein schlaganfall\b|\bnotarzt\b(?! nummer)|\b(?:ruf\w*|brauche\w*|holt"
            r"|holen)\b.{0,25}"
            r"\b(?:krankenwagen|notarzt|rettung\w*|hilfe)\b",
        ),
    ),
)
