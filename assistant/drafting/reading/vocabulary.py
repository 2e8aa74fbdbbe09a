"""Words of a report in English and German, as patterns over small letters.

A condition is something a patient can be told about by a template; everything in ``BEYOND`` is
known to be serious or special, has no template, and is only ever quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_OLD = (
    r"(?:old|older|chronic|remote|prior|former|residual|established|alte[rnsm]?|ältere[rnsm]?"
    r"|chronische[rnsm]?|abgelaufene[rnsm]?|stattgehabte[rnsm]?|postischämische[rnsm]?)"
)
_NEW = (
    r"(?:acute|subacute|hyperacute|recent|fresh|new|akute[rnsm]?|subakute[rnsm]?|frische[rnsm]?"
    r"|neue[rnsm]?)"
)
_MORE = r"(?:(?!(?:or|and|oder|und|with|mit|no|keine?) )[\w/-]+ ){0,3}?"
_INFARCT = (
    r"(?:infarct(?:s|ion|ions)?|strokes?|isch(?:a)?emi(?:a|as)|isch(?:a)?emic (?:stroke|infarct\w*|"
    r"lesions?)|lacunes?|\w*infarkt(?:e|en|s|es)?|infarzierung\w*|schlaganf(?:all|älle)\w*"
    r"|ischämien?|lakunen?)"
)
_BLEED = (
    r"(?:h(?:a)?emorrhages?|h(?:a)?ematomas?|bleed(?:ing|s)?|\w*blutung(?:en)?"
    r"|\w*hämatom(?:e|en|s)?)"
)
_IMAGE = (
    r"(?:mri|mr|scan|study|examination|exam|imaging|mrt|kernspin\w*|untersuchung|darstellung"
    r"|schädel-mrt|brain|head|gehirn|neurokranium|kopf|hirnparenchym)"
)
_VENTRICLES = r"(?:(?:lateral |third |supratentorial )?ventric(?:les?|ular system))"
_VENTRIKEL = (
    r"(?:(?:inneren? |äußeren? |supratentoriellen )?(?:liquorräume|\w*ventrikel(?:system)?))"
)

_CONDITIONS: tuple[tuple[str, str], ...] = (
    (
        "white-matter",
        r"white[- ]matter (?:t2 |flair |signal )?(?:hyperintens\w+|lesions?|changes?|disease|foci"
        r"|abnormalit\w+)|(?:chronic )?(?:small|micro)[- ]?(?:vessel|vascular|angiopathic)"
        r"(?: isch(?:a)?emic)?(?: (?:white[- ]matter|gliotic))? (?:disease|changes?|lesions?)"
        r"|(?:chronic )?microangiopath\w+(?: (?:changes?|lesions?|disease))?|leu[ck]oaraiosis"
        r"|(?:vaskuläre?n?|mikroangiopathische?n?) (?:leu[ck]enzephalopathie|(?:marklager)?"
        r"(?:läsion(?:en)?|veränderung(?:en)?|herde?n?|gliosen?))|marklager(?:läsion(?:en)?"
        r"|veränderung(?:en)?|hyperintensität(?:en)?|herde?n?|gliosen?)|mikroangiopathien?"
        r"|leu[ck]oaraiose|leu[ck]araiose",
    ),
    (
        "hippocampus",
        r"(?:hippocampal|hippocampus|medial temporal(?: lobe)?|mesial temporal) (?:atrophy|volume"
        r" loss|volume reduction)|(?:atrophy|volume loss) of (?:the |both |left |right )*"
        r"hippocamp(?:us|i)|(?:low|reduced|decreased|small) hippocamp(?:al volumes?|us|i)"
        r"|hippo[ck]amp\w*atrophie|mediale temporallappenatrophie"
        r"|atrophie (?:des|der|beider) (?:linken |rechten )?hippo[ck]amp\w*",
    ),
    (
        "atrophy",
        r"(?:cerebral|brain|cortical|global|generali[sz]ed|diffuse|cerebellar|parenchymal|frontal"
        r"|temporal|parietal|central|cortical and central|volume)? ?(?:atrophy|atrophic changes?"
        r"|volume loss)|\w*atrophie|\w*volumenminderung",
    ),
    ("new-infarct", rf"{_NEW} {_MORE}{_INFARCT}"),
    (
        "old-infarct",
        rf"{_OLD} {_MORE}(?:{_INFARCT}|\w*defekte?(?:s|n)?)|\w*infarktnarben?"
        r"|(?:lacunar|infarct) scars?",
    ),
    ("infarct", rf"(?:lacunar |lakunäre[rnsm]? )?{_INFARCT}"),
    (
        "ms-lesions",
        r"demyelinat\w+(?: (?:lesions?|plaques?|foci|disease|process))?|multiple sclerosis"
        r"|ms[- ](?:lesions?|plaques?)|multiple sklerose|multiplen sklerose|encephalomyelitis"
        r" disseminata|entmarkung\w*|demyelinisier\w+(?: (?:läsion(?:en)?|herde?n?|erkrankung))?"
        r"|ms-(?:typische[rn]? )?(?:läsion(?:en)?|herde?n?|plaques?)",
    ),
    ("arachnoid-cyst", r"arachnoid(?:al)? cysts?|arachnoidalzysten?"),
    (
        "sinus",
        r"sinusitis|sinus disease|mucosal (?:thickening|swelling)|schleimhautschwellung\w*"
        r"|(?:schleimhaut|mukosa)verdickung\w*",
    ),
    (
        "cyst",
        r"(?:pineal |simple |colloid |choroidal fissure )?cysts?|(?:pinealis|kolloid)?zysten?",
    ),
    (
        "cavernoma",
        r"[ck]avernom(?:a|as|e|en|s)?\b|cavernous (?:malformations?|angiomas?|h(?:a)?emangiomas?)",
    ),
    ("aneurysm", r"\w*aneurysm(?:a|as|en|s)?\b"),
    ("hydrocephalus", r"hydro(?:c|z)ephal(?:us|ie)|\bnph\b"),
    (
        "wide-ventricles",
        r"ventriculomegaly|ventrikulomegalie|ventrikelerweiterung|ventricular (?:enlargement"
        rf"|dilat\w+)|(?:enlarged|dilated|wide|widened|prominent) {_VENTRICLES}"
        rf"|(?:enlargement|dilat\w+|widening) of (?:the |both )?{_VENTRICLES}"
        rf"|{_VENTRICLES} (?:is |are )?(?:mildly |moderately |markedly )?(?:enlarged|dilated|wide|"
        rf"widened)|(?:erweiterte|weite|erweiterung der|aufgeweitete)n? {_VENTRIKEL}"
        rf"|{_VENTRIKEL} (?:sind |ist )?(?:gering |leicht |mäßig |deutlich )?(?:erweitert|weit"
        r"|aufgeweitet)",
    ),
    ("microadenoma", r"(?:pituitary )?microadenomas?|(?:hypophysen)?mikroadenom(?:e|s)?"),
    (
        "pituitary",
        r"(?:pituitary |hypophyseal )?(?:macro)?adenomas?|pituitary (?:tumou?r|mass)"
        r"|(?:hypophysen)?(?:makro)?adenom(?:e|s)?\b|hypophysentumor\w*",
    ),
    ("metastasis", r"(?:brain |cerebral )?metasta(?:sis|ses)|(?:hirn)?metastasen?|filiae"),
    (
        "glioma",
        r"gliomas?|glioblastomas?(?: multiforme)?|astrocytomas?|oligodendrogliomas?|gbm"
        r"|gliom(?:e|s)?|glioblastom(?:e|s)?|astrozytom(?:e|s)?|oligodendrogliom(?:e|s)?",
    ),
    ("meningioma", r"\w*meningiom(?:a|as)\b|\w*meningeom(?:e|en|s)?\b"),
    (
        "schwannoma",
        r"(?:vestibular )?schwannomas?|acoustic neuromas?|(?:akustikus)?neurinom(?:e|s)?"
        r"|(?:vestibularis)?schwannom(?:e|s)?",
    ),
    ("microbleeds", r"microbleeds?|micro-?h(?:a)?emorrhages?|mikroblutung(?:en)?"),
    ("new-bleeding", rf"{_NEW} {_MORE}{_BLEED}"),
    ("old-bleeding", rf"{_OLD} {_MORE}{_BLEED}"),
    ("bleeding", _BLEED),
    (
        "oedema",
        r"(?:perilesional |vasogenic |perifocal )?o?edema|swelling|(?:hirn)?ödem(?:e|s)?\b"
        r"|perifokales ödem",
    ),
    ("shift", r"(?:midline )shift|mittellinienverl\w+|mittellinienversch\w+"),
    (
        "mass-effect",
        r"mass effect|masseneffekt|raumforderungseffekt|raumfordernde[rn]?"
        r" (?:wirkung|effekt)",
    ),
    (
        "normal",
        rf"(?:normal|unremarkable) (?:[\w-]+ ){{0,4}}?{_IMAGE}"
        rf"|{_IMAGE}(?: of the (?:brain|head))?(?: is| are|:)? (?:entirely |completely )?"
        rf"(?:normal|unremarkable)|unauffällige[rnsm]? (?:[\w-]+ ){{0,4}}?{_IMAGE}\w*"
        rf"|{_IMAGE}(?: des (?:kopfes|gehirns|schädels))?(?: ist|:)? (?:altersentsprechend )?"
        r"unauffällig|normalbefund|regelrechte[rs]? (?:\w+ ){0,2}?befund",
    ),
    (
        "growth",
        r"mass(?:es| lesions?)?|tumou?rs?|neoplasms?|space[- ]occupying(?: lesions?| process\w*)?"
        r"|raumforderung(?:en)?|raumfordernde[rnsm]? (?:läsion(?:en)?|prozess\w*)|tumor(?:en|e|s)?",
    ),
    (
        "lesion",
        r"lesions?|nodules?|läsion(?:en)?|\bherde?n?\b|herdbefunde?"
        r"|abnormal (?:contrast )?enhancement",
    ),
)
CONDITION = re.compile(
    "|".join(rf"(?P<c{n}>\b(?:{words})(?!\w))" for n, (_, words) in enumerate(_CONDITIONS))
)
CONDITION_IDS: tuple[str, ...] = tuple(name for name, _ in _CONDITIONS)

GROWTHS = frozenset(
    {"glioma", "meningioma", "pituitary", "microadenoma", "metastasis", "schwannoma"}
)
"""Conditions that say what kind a lesion is."""

NAMELESS = frozenset({"lesion", "growth"})
"""Conditions that say that something is there, but not of what kind."""

OVERLAPS: Mapping[str, frozenset[str]] = {
    "infarct": frozenset({"old-infarct", "new-infarct"}),
    "bleeding": frozenset({"old-bleeding", "new-bleeding", "microbleeds"}),
    "lesion": GROWTHS | {"growth", "cavernoma", "cyst", "arachnoid-cyst"},
    "growth": GROWTHS,
    "cyst": frozenset({"arachnoid-cyst"}),
    "pituitary": frozenset({"microadenoma"}),
    "wide-ventricles": frozenset({"hydrocephalus"}),
    "atrophy": frozenset({"hippocampus"}),
}
"""What a general condition takes in: to deny the general one denies these too."""

ELSEWHERE = re.compile(
    r"\b(?:heart|cardiac|atrial|intra-?atrial|septal|aort\w*|spin(?:e|al)|cervical|thoracic|lumbar"
    r"|intramedullary|extramedullary|cord|c\d(?:-\w\d?)?|lungs?|pulmonary|liver|kidneys?|renal"
    r"|thyroid|breast|prostate|wirbel\w*|hws|halswirbel\w*|rückenmark\w*|lungen?|leber\w*|nieren?"
    r"|herz\w*|schilddrüse\w*|carcinoma|ultrasound|echocardio\w*|angiogram of the heart)\b"
)
"""Parts of the body no template speaks of."""

BEYOND = re.compile(
    r"\b(?:lymphom\w*|abs[cz]ess\w*|infecti\w+|infekti\w+|cancer\w*|carcinom\w*|karzinom\w*|krebs"
    r"|malignan\w+|mal?igne\w*|en[cz]ephalitis|meningitis|vas[ck]ulitis|inflammat\w+|entzünd\w+"
    r"|dementia|demenz\w*|alzheimer\w*|parkinson\w*|fra[ck]tur\w*|thrombos\w+|occlusion\w*"
    r"|verschluss\w*|stenos\w+|dissection\w*|dissektion\w*|avm|arteriovenous|arteriovenös\w*"
    r"|fistula\w*|fistel\w*|herniat\w+|herniation\w*|einklemmung\w*|recurren\w+|rezidiv\w*"
    r"|progressi(?:on|ve disease)|pseudoprogression|necrosis|nekrose\w*|contusion\w*|kontusion\w*"
    r"|hygrom\w*|empyem\w*|ependymom\w*|medulloblastom\w*|craniopharyngiom\w*|kraniopharyngeom\w*"
    r"|chordom\w*|hamartom\w*|teratom\w*|dermoid\w*|epidermoid\w*|h(?:a)?emorrhagic"
    r"|hämorrhagisch\w*"
    r"|demyelination syndrome|sarcoid\w*|sarkoid\w*|tubercul\w+|tuberkul\w+|neurofibrom\w*"
    r"|encephalopathy|enzephalopathie(?!n)|heterotopi\w+|dysplasi\w+|malformation\w*|chiari"
    r"|subdural\w*|epidural\w*|subarachnoid\w*|apoplex\w+|thrombus|embol\w+|moyamoya|pneumoce\w+"
    r"|abnormalit\w+|lepto\w+|pachy\w+|retention cysts?|retentionszysten?|polyps?|polypen?)\b"
)
"""Findings without a template."""

_SIDE_WORDS: tuple[tuple[str, str], ...] = (
    (
        "both",
        r"bilateral(?:ly)?|both (?:\w+ )?(?:sides?|hemispheres?|lobes)|both(?= \w+ (?:lobes|"
        r"hemispheres))|beidseit(?:s|ig\w*)|beiderseits|bds|bihemisph\w+|bilaterale?\w*",
    ),
    ("left", r"left|left-sided|lt|links\w*|linke[rnsm]?|li"),
    ("right", r"right|right-sided|rt|rechts\w*|rechte[rnsm]?|re"),
    ("midline", r"in the midline|mittelständig|mittellinie\b(?! verl)"),
)
SIDE = re.compile("|".join(rf"(?P<{side}>\b(?:{words})\b)" for side, words in _SIDE_WORDS))

_PLACE_WORDS: tuple[tuple[str, str], ...] = (
    ("periventricular", r"periventri[ck]ul\w+|around the ventricles"),
    ("frontal-sinus", r"frontal sinus\w*|stirnhöhlen?|sinus frontalis"),
    ("maxillary-sinus", r"maxillary sinus\w*|kieferhöhlen?|sinus maxillaris"),
    ("lateral-ventricle", r"lateral ventricles?|seitenventrikel\w*"),
    ("third-ventricle", r"third ventricle|dritte[rnm]? ventrikel\w*|3\. ventrikel"),
    ("fourth-ventricle", r"fourth ventricle|vierte[rnm]? ventrikel\w*|4\. ventrikel"),
    ("angle", r"cerebellopontine angle|kleinhirnbrückenwinkel\w*"),
    ("frontal", r"frontal(?: lobes?)?|frontal(?:lappen|e[rnsm]?|hirn)|frontallappens|stirnlappen"),
    ("parietal", r"parietal(?: lobes?)?|parietal(?:lappen|e[rnsm]?)|scheitellappen"),
    ("temporal", r"temporal(?: lobes?)?|temporal(?:lappen|e[rnsm]?)|schläfenlappen"),
    ("occipital", r"occipital(?: lobes?)?|o[ck][zc]ipital(?:lappen|e[rnsm]?)?|hinterhauptslappen"),
    ("insula", r"insula|insular(?: region)?|inselregion|inselrinde|insulär\w*"),
    ("callosum", r"corpus callosum|balken"),
    ("hippocampus", r"hippo[ck]amp(?:us|i)"),
    ("thalamus", r"thalam(?:us|i|ic)|thalamisch\w*"),
    ("basal-ganglia", r"basal ganglia|basalganglien|putamen|caudate(?: nucleus)?|nucleus caudatus"),
    (
        "brainstem",
        r"brain ?stem|pons|pontine|midbrain|medulla oblongata|hirnstamm|pontin\w*"
        r"|mittelhirn",
    ),
    ("cerebellum", r"cerebell(?:um|ar)(?: hemispheres?)?|kleinhirn\w*|zerebellär\w*|cerebellär\w*"),
    (
        "sella",
        r"(?:intra|para|supra)?sella(?:r)?(?: region)?|pituitary(?: gland)?|hypophyse"
        r"|sellaregion",
    ),
    ("falx", r"falx|parafalcin\w*|falxnah"),
    ("convexity", r"convexit(?:y|ies)|konvexität\w*"),
    ("skull-base", r"skull base|schädelbasis"),
    ("cisterns", r"(?:basal )?cisterns|basale zisternen"),
    (
        "white-matter",
        r"(?:deep )?white matter(?! (?:t2|flair|signal|hyper|lesion|change|disease|foci))"
        r"|centrum semiovale|marklager\b",
    ),
    ("pineal", r"pineal(?: gland| region)?|pinealis(?:region|loge)?"),
    ("skull", r"skull|calvaria\w*|kalotte"),
)
PLACE = re.compile(
    "|".join(rf"(?P<p{n}>\b(?:{words})\b)" for n, (_, words) in enumerate(_PLACE_WORDS))
)
PLACE_IDS: tuple[str, ...] = tuple(name for name, _ in _PLACE_WORDS)


def condition_of(match: re.Match[str]) -> str:
    """The condition a match of ``CONDITION`` names."""
    return CONDITION_IDS[int(str(match.lastgroup)[1:])]


def place_of(match: re.Match[str]) -> str:
    """The place a match of ``PLACE`` names."""
    return PLACE_IDS[int(str(match.lastgroup)[1:])]


def whole_words(forms: Sequence[str]) -> re.Pattern[str]:
    """Any of some forms of words, as a pattern of whole words."""
    return re.compile(rf"\b(?:{'|'.join(forms)})(?!\w)")


def plain(text: str) -> str:
    """A text in small letters with simple hyphens, quotes and spaces, as the patterns expect."""
    kept = text.lower().replace("’", "'").replace("–", "-").replace("‑", "-")
    return " ".join(kept.split())
