//! The fields of everything else that can be imported.

use super::people::{EMAIL, EMPLOYEE_NUMBER, SOURCE_KEY, USERNAME};
use super::{FieldSpec, Shape};

/// Whoever it is about, where one column names them in one way or another.
const PERSON: FieldSpec = FieldSpec::new(
    "person",
    Shape::Code,
    &[
        "person",
        "learner",
        "participant",
        "trainee",
        "student",
        "teilnehmer",
        "participante",
        "deelnemer",
    ],
)
.weak(&["employee", "mitarbeiter", "employe", "empleado", "dipendente"])
.key();

const TRAINING: FieldSpec = FieldSpec::new(
    "training",
    Shape::Text,
    &[
        "training",
        "trainingcode",
        "trainingid",
        "course",
        "coursecode",
        "courseid",
        "courseidnumber",
        "item",
        "itemid",
        "learningitem",
        "curriculum",
        "schulung",
        "schulungscode",
        "kurs",
        "kursnummer",
        "formation",
        "codeformation",
        "curso",
        "codigocurso",
        "corso",
        "cursus",
        "szkolenie",
        "utbildning",
    ],
)
.required();

const REASON: FieldSpec = FieldSpec::new(
    "reason",
    Shape::Text,
    &["reason", "grund", "begrundung", "motif", "motivo", "reden", "powod", "justification"],
);

const FROM: FieldSpec = FieldSpec::new(
    "from",
    Shape::Day,
    &[
        "from",
        "fromdate",
        "validfrom",
        "startdate",
        "start",
        "begindate",
        "begin",
        "beginn",
        "von",
        "gultigab",
        "debut",
        "datededebut",
        "desde",
        "inicio",
        "inizio",
        "van",
        "od",
    ],
)
.required();

const UNTIL: FieldSpec = FieldSpec::new(
    "until",
    Shape::Day,
    &[
        "until",
        "untildate",
        "to",
        "todate",
        "validuntil",
        "enddate",
        "end",
        "ende",
        "bis",
        "gultigbis",
        "fin",
        "datedefin",
        "hasta",
        "fine",
        "tot",
        "do",
        "returndate",
    ],
);

pub(super) const DEPARTMENTS: &[FieldSpec] = &[
    FieldSpec::new(
        "code",
        Shape::Code,
        &[
            "code",
            "departmentcode",
            "departmentid",
            "deptcode",
            "deptid",
            "orgcode",
            "orgid",
            "orgunitcode",
            "idnumber",
            "sourcedid",
            "accountid",
            "identifier",
            "kurzel",
            "abteilungscode",
            "abteilungsnummer",
            "codigo",
            "codice",
        ],
    )
    .weak(&["id", "number", "nummer"])
    .key(),
    FieldSpec::new(
        "name",
        Shape::Text,
        &[
            "name",
            "departmentname",
            "deptname",
            "fullname",
            "title",
            "bezeichnung",
            "abteilung",
            "department",
            "nom",
            "nombre",
            "nome",
            "naam",
            "nazwa",
        ],
    )
    .weak(&["shortname"])
    .key(),
    FieldSpec::new(
        "parent",
        Shape::Text,
        &[
            "parent",
            "parentcode",
            "parentid",
            "parentidnumber",
            "parentdepartment",
            "parentaccountid",
            "parentsourcedid",
            "parentorgid",
            "below",
            "ubergeordnet",
            "ubergeordneteabteilung",
            "oberabteilung",
            "departementparent",
            "padre",
            "bovenliggend",
        ],
    ),
    FieldSpec::new(
        "leader",
        Shape::Code,
        &[
            "leader",
            "manager",
            "head",
            "headofdepartment",
            "leiter",
            "leitung",
            "responsable",
            "jefe",
        ],
    ),
    FROM_OPTIONAL,
];

const FROM_OPTIONAL: FieldSpec = FieldSpec::new(
    "from",
    Shape::Day,
    &["from", "validfrom", "since", "seit", "gultigab", "desde"],
);

pub(super) const TRAININGS: &[FieldSpec] = &[
    FieldSpec::new(
        "code",
        Shape::Code,
        &[
            "code",
            "trainingcode",
            "coursecode",
            "courseid",
            "trainingid",
            "itemid",
            "idnumber",
            "schulungscode",
            "kursnummer",
            "codigo",
            "codice",
            "training",
            "shortname",
        ],
    )
    .weak(&["id", "number", "nummer"])
    .key()
    .required(),
    FieldSpec::new(
        "title",
        Shape::Text,
        &[
            "title",
            "name",
            "trainingtitle",
            "coursetitle",
            "coursename",
            "trainingname",
            "fullname",
            "longname",
            "titel",
            "bezeichnung",
            "titre",
            "titulo",
            "titolo",
        ],
    ),
    FieldSpec::new(
        "description",
        Shape::LongText,
        &[
            "description",
            "summary",
            "about",
            "beschreibung",
            "descripcion",
            "descrizione",
            "omschrijving",
        ],
    ),
    FieldSpec::new(
        "category",
        Shape::Text,
        &["category", "kategorie", "categorie", "categoria", "subject"],
    ),
    FieldSpec::new(
        "tags",
        Shape::List,
        &["tags", "keywords", "schlagworte", "motscles", "etiquetas"],
    ),
    FieldSpec::new(
        "difficulty",
        Shape::Text,
        &["difficulty", "level", "niveau", "schwierigkeit", "nivel"],
    ),
    FieldSpec::new(
        "duration_minutes",
        Shape::Integer,
        &[
            "durationminutes",
            "minutes",
            "durationinminutes",
            "durationmin",
            "dauerminuten",
            "dauerinminuten",
        ],
    )
    .weak(&["duration", "dauer", "duree", "duracion"]),
    FieldSpec::new(
        "languages",
        Shape::List,
        &["languages", "language", "sprachen", "sprache", "langues"],
    ),
    FieldSpec::new(
        "delivery",
        Shape::Text,
        &["delivery", "deliverymethod", "method", "modality", "format"],
    ),
    FieldSpec::new(
        "validity_months",
        Shape::Integer,
        &[
            "validitymonths",
            "validity",
            "validformonths",
            "monthsvalid",
            "gultigkeitmonate",
            "gultigkeit",
            "recertificationmonths",
            "expirymonths",
        ],
    ),
    FieldSpec::new(
        "seat_limit",
        Shape::Integer,
        &["seatlimit", "seats", "capacity", "platze", "maxparticipants"],
    ),
    FieldSpec::new("credit_minutes", Shape::Integer, &["creditminutes", "credits", "creditmin"]),
    FieldSpec::new(
        "prerequisites",
        Shape::List,
        &["prerequisites", "requires", "voraussetzungen", "prerequis"],
    ),
    FieldSpec::new(
        "skills",
        Shape::List,
        &["skills", "competencies", "kompetenzen", "competences"],
    ),
    FieldSpec::new("cost", Shape::Text, &["cost", "price", "preis", "kosten", "prix", "precio"]),
    FieldSpec::new(
        "minimum_minutes",
        Shape::Integer,
        &["minimumminutes", "minminutes", "mindestminuten"],
    ),
    FieldSpec::new("marked_by_instructor", Shape::Bool, &["markedbyinstructor", "instructormarks"]),
    FieldSpec::new("sign_text", Shape::LongText, &["signtext", "texttosign"]),
    FieldSpec::new("sign_statement", Shape::LongText, &["signstatement", "statement"]),
    FieldSpec::new(
        "module",
        Shape::Text,
        &["module", "modulename", "moduletitle", "modul", "lesson", "unit"],
    ),
    FieldSpec::new("module_code", Shape::Code, &["modulecode", "moduleid", "modulcode"]),
    FieldSpec::new(
        "module_minutes",
        Shape::Integer,
        &["moduleminutes", "moduleduration", "modulminuten"],
    ),
    FieldSpec::new("module_link", Shape::Text, &["modulelink", "moduleurl", "link", "url"]),
    FieldSpec::new(
        "module_required",
        Shape::Bool,
        &["modulerequired", "required", "pflicht", "mandatory"],
    ),
];

pub(super) const QUESTIONS: &[FieldSpec] = &[
    FieldSpec::new(
        "code",
        Shape::Code,
        &["code", "questioncode", "questionid", "fragencode", "idnumber"],
    )
    .weak(&["id", "number", "nummer", "nr"]),
    FieldSpec::new(
        "kind",
        Shape::Text,
        &["kind", "type", "questiontype", "fragetyp", "typ", "typedequestion", "tipo"],
    ),
    FieldSpec::new(
        "text",
        Shape::LongText,
        &[
            "text",
            "question",
            "questiontext",
            "stem",
            "prompt",
            "frage",
            "fragetext",
            "enonce",
            "pregunta",
            "domanda",
            "vraag",
        ],
    )
    .required(),
    FieldSpec::new(
        "option_1",
        Shape::LongText,
        &[
            "option1", "answer1", "choice1", "antwort1", "reponse1", "a", "optiona", "answera",
            "antworta",
        ],
    ),
    FieldSpec::new(
        "option_2",
        Shape::LongText,
        &[
            "option2", "answer2", "choice2", "antwort2", "reponse2", "b", "optionb", "answerb",
            "antwortb",
        ],
    ),
    FieldSpec::new(
        "option_3",
        Shape::LongText,
        &[
            "option3", "answer3", "choice3", "antwort3", "reponse3", "c", "optionc", "answerc",
            "antwortc",
        ],
    ),
    FieldSpec::new(
        "option_4",
        Shape::LongText,
        &[
            "option4", "answer4", "choice4", "antwort4", "reponse4", "d", "optiond", "answerd",
            "antwortd",
        ],
    ),
    FieldSpec::new(
        "option_5",
        Shape::LongText,
        &[
            "option5", "answer5", "choice5", "antwort5", "reponse5", "e", "optione", "answere",
            "antworte",
        ],
    ),
    FieldSpec::new(
        "option_6",
        Shape::LongText,
        &[
            "option6", "answer6", "choice6", "antwort6", "reponse6", "f", "optionf", "answerf",
            "antwortf",
        ],
    ),
    FieldSpec::new(
        "option_7",
        Shape::LongText,
        &[
            "option7", "answer7", "choice7", "antwort7", "reponse7", "g", "optiong", "answerg",
            "antwortg",
        ],
    ),
    FieldSpec::new(
        "option_8",
        Shape::LongText,
        &[
            "option8", "answer8", "choice8", "antwort8", "reponse8", "h", "optionh", "answerh",
            "antworth",
        ],
    ),
    FieldSpec::new(
        "correct",
        Shape::List,
        &[
            "correct",
            "correctanswer",
            "correctanswers",
            "correctoption",
            "rightanswer",
            "key",
            "solution",
            "richtig",
            "richtigeantwort",
            "losung",
            "bonnereponse",
            "correcta",
        ],
    )
    .weak(&["answer", "answers", "antwort"]),
    FieldSpec::new("tolerance", Shape::Decimal, &["tolerance", "toleranz"]),
    FieldSpec::new(
        "points",
        Shape::Decimal,
        &["points", "score", "marks", "punkte", "weight", "defaultgrade"],
    ),
    FieldSpec::new(
        "tags",
        Shape::List,
        &["tags", "keywords", "topic", "thema", "category", "kategorie"],
    ),
    FieldSpec::new(
        "explanation",
        Shape::LongText,
        &["explanation", "feedback", "generalfeedback", "erklarung", "rationale", "begrundung"],
    ),
    FieldSpec::new(
        "tolerance_percent",
        Shape::Decimal,
        &["tolerancepercent", "relativetolerance", "toleranzprozent"],
    ),
    FieldSpec::new("unit", Shape::Text, &["unit", "einheit", "unite", "unidad"]),
    FieldSpec::new("partial_credit", Shape::Bool, &["partialcredit", "partialmarks", "teilpunkte"]),
    FieldSpec::new("shuffle", Shape::Bool, &["shuffle", "shuffleanswers", "mischen"]),
    FieldSpec::new("exact", Shape::Bool, &["exact", "casesensitive", "usecase"]),
    FieldSpec::new("wildcards", Shape::Bool, &["wildcards", "platzhalter"]),
    FieldSpec::new("words_max", Shape::Integer, &["wordsmax", "maxwords", "wordlimit"]),
    FieldSpec::new(
        "guide",
        Shape::LongText,
        &["guide", "gradingguide", "graderinfo", "rubric", "bewertungshinweise"],
    ),
    FieldSpec::new("language", Shape::Text, &["language", "programminglanguage"]),
    FieldSpec::new("starter", Shape::LongText, &["starter", "startercode", "template"]),
    FieldSpec::new("archived", Shape::Bool, &["archived", "archiviert"]),
];

/// What a file says that has questions rather than rows: all of one, as the document of it.
pub(in super::super) const QUESTION: &[FieldSpec] = &[
    FieldSpec::new("code", Shape::Code, &[]),
    FieldSpec::new("definition", Shape::LongText, &[]),
    FieldSpec::new("beside", Shape::LongText, &[]),
];

pub(super) const ASSIGNMENTS: &[FieldSpec] = &[
    PERSON,
    EMPLOYEE_NUMBER,
    SOURCE_KEY,
    EMAIL,
    USERNAME,
    TRAINING,
    FieldSpec::new(
        "due_on",
        Shape::Day,
        &[
            "dueon",
            "duedate",
            "due",
            "deadline",
            "fallig",
            "falligam",
            "frist",
            "echeance",
            "vencimiento",
            "scadenza",
        ],
    ),
    FieldSpec::new(
        "assigned_on",
        Shape::Day,
        &[
            "assignedon",
            "assigneddate",
            "assignmentdate",
            "zugewiesenam",
            "enrolmentdate",
            "startdate",
        ],
    ),
    FieldSpec::new(
        "status",
        Shape::Text,
        &["status", "enrolmentstatus", "enrollmentstatus", "state"],
    ),
    FieldSpec::new("role", Shape::Text, &["role", "rolle", "rol", "ruolo"]),
];

pub(super) const COMPLETIONS: &[FieldSpec] = &[
    PERSON,
    EMPLOYEE_NUMBER,
    SOURCE_KEY,
    EMAIL,
    USERNAME,
    TRAINING,
    FieldSpec::new(
        "training_title",
        Shape::Text,
        &[
            "trainingtitle",
            "trainingname",
            "coursetitle",
            "coursename",
            "itemtitle",
            "schulungstitel",
            "kursname",
            "schulungsname",
        ],
    ),
    FieldSpec::new(
        "completed_on",
        Shape::Day,
        &[
            "completedon",
            "completiondate",
            "datecompleted",
            "completed",
            "completedat",
            "finishedon",
            "timecompleted",
            "passedon",
            "abschlussdatum",
            "abgeschlossenam",
            "absolviertam",
            "dateachevement",
            "datedefinalisation",
            "fechadefinalizacion",
            "datacompletamento",
            "dateofcompletion",
        ],
    )
    .weak(&["date", "datum", "fecha", "data"])
    .required(),
    FieldSpec::new(
        "score",
        Shape::Decimal,
        &["score", "grade", "percent", "result", "punkte", "ergebnis", "nota", "voto"],
    )
    .weak(&["points"]),
    FieldSpec::new(
        "version",
        Shape::Code,
        &["version", "trainingversion", "courseversion", "revision", "revisionnumber"],
    ),
    FieldSpec::new(
        "valid_until",
        Shape::Day,
        &[
            "validuntil",
            "expires",
            "expireson",
            "expirydate",
            "expirationdate",
            "gultigbis",
            "ablaufdatum",
            "validetil",
            "valablejusquau",
            "vencimiento",
            "scadenza",
        ],
    ),
    FieldSpec::new(
        "evidence_link",
        Shape::Text,
        &["evidencelink", "evidence", "link", "url", "certificateurl", "nachweis", "preuve"],
    ),
    FieldSpec::new(
        "note",
        Shape::Text,
        &["comment", "comments", "remark", "notes", "bemerkung", "kommentar", "commentaire"],
    ),
];

pub(super) const EXEMPTIONS: &[FieldSpec] = &[
    PERSON,
    EMPLOYEE_NUMBER,
    SOURCE_KEY,
    EMAIL,
    USERNAME,
    TRAINING,
    FieldSpec::new("from", Shape::Day, FROM.aliases),
    UNTIL,
    REASON,
    FieldSpec::new(
        "approved_by",
        Shape::Text,
        &["approvedby", "approver", "genehmigtvon", "approuvepar", "aprobadopor"],
    ),
    FieldSpec::new(
        "evidence_link",
        Shape::Text,
        &["evidencelink", "evidence", "link", "url", "nachweis"],
    ),
];

pub(super) const LEAVES: &[FieldSpec] =
    &[PERSON, EMPLOYEE_NUMBER, SOURCE_KEY, EMAIL, USERNAME, FROM, UNTIL, REASON];
