"""Tests the meaning of labels: answer codes of public questionnaires, and labels of questions whose *yes* may or may not mean
that it happened."""

from __future__ import annotations

import pytest

from fltoolkit.authoring.draft.label_meanings import answer_meaning, is_witnessed, why_unclear

YES, NO, DK, REF, NS, NA, ASK = "yes", "no", "dont_know", "refused", "not_stated", "not_applicable", None

# Label sets of named public surveys, each with what it was taken from. None: the draft asks.
# "recalled" stands where the questionnaire itself was not at hand.
PUBLIC: dict[str, dict[str, str | None]] = {
    "PNDS 2006, Brazil (DHS; women's file, SPSS and Stata syntax of the Ministry of Health)": {
        "Sim": YES, "Não": NO, "Sem resposta": NS, "Não sabe": DK, "Não lembra": DK, "Recusa": REF, "Não se aplica": NA, "Não sabe / não lembra": DK,
        "Recusou-se a responder": REF, "Não respondeu": REF, "Não unida na época": ASK, "Nunca esteve em união": ASK, "Não conseguiu": ASK,
        "Funcionária pública": ASK, "Indecisa / não sabe": ASK, "Sim, marido": ASK, "Não sabe onde obter": ASK,
    },
    "PMAD 2017-18, Federal District of Brazil (Codeplan; SPSS dictionary)": {
        "Não": NO, "Sim": YES, "Não sabe/não quis responder": DK, "Não se aplica": NA, "77777 - Recusa": REF, "88888 - Não sabe": DK,
        "99999 - Não se aplica": NA, "Não conta com Rede Geral": ASK, "Não denunciou": ASK, "Não sabe/não lembra": DK,
    },
    "PNAD Contínua, Brazil (IBGE; value labels of datazoom_social_Stata)": {"Sim": YES, "Não": NO},
    "PNAD COVID19, Brazil (IBGE; recalled)": {"Sim": YES, "Não": NO, "Não sabe": DK, "Ignorado": DK, "Não aplicável": NA},
    "Encuesta Continua de Hogares 2022, Uruguay (INE; labels of metasurvey)": {
        "Sí": YES, "Si": YES, "No": NO, "No corresponde": NA, "No sabe": DK, "Sin dato": NS, "En otro país": ASK, "No hay": ASK, "Sí, con cisterna": ASK,
        "La empresa/institución no permite realizar horas extras": ASK,
    },
    "Encuesta de Hogares 2017, Bolivia (INE; labels of ieta-umsa)": {
        "2. No": NO, "4.No puedo hacerlo": ASK, "4.No sabe": DK, "NO CORRESPONDE A IDIOMA": ASK, "5.No le corresponde por su edad": ASK, "NO SABE": DK,
    },
    "CADAS, Cuba, Dominican Republic, Puerto Rico (household and informant interviews; Stata labels)": {
        "si": YES, "no": NO, "no responde": REF, "no sabe": DK, "no puede": ASK, "no lo hace": ASK, "no tengo ningunos": ASK, "rehúsa": REF,
        "no pudo (limitación física)": ASK, "nunca": ASK, "no cierto": ASK, "Does not respond": REF, "Does not know": DK, "No response": NS,
        "refused": REF, "I don’t do this": ASK, "I don’t have any": ASK, "No, not true": ASK,
    },
    "Survey in Spanish, study 561 of the IHSN catalogue (variable e01b3)": {"No Responde": REF, "no aplica": NA, "No Sabe": DK},
    "ENOE, Mexico; GEIH, Colombia; ENAHO, Peru (recalled)": {
        "Sí": YES, "No": NO, "No sabe": DK, "No sabe, no informa": DK, "No informa": NS, "NS/NR": DK, "Ns/Nr": DK, "No especificado": NS, "No contesta": REF,
    },
    "Household, women's and children's questionnaires in French after MICS (CSPro exports in KariSims/projectsCSPRO)": {
        "OUI": YES, "NON": NO, "NSP": DK, "NON REPONSE": NS, "NO REPONSE": NS, "NON RESPONSE": NS, "MANQUANT": NS, "NSP/ NE SE SOUVIENT PAS": DK, "REFUS": REF,
        "OUI, VU": ASK, "JAMAIS RECU": ASK, "NON, PAS MONTRE": ASK, "YES": YES, "NO RESPONSE": NS,
    },
    "Baromètre d'opinion de la DREES 2020, France (Stata labels)": {
        "Oui": YES, "Non": NO, "(NSP)": DK, "NSP/NC": ASK, "(Non concerné.e)": NA, "NSP ou non concerné": ASK, "(Sans réponse)": NS, "Vous ne savez pas": DK,
        "Non, plutôt pas": ASK, "Oui, tout à fait": ASK, "Non car j": ASK,
    },
    "1-2-3 and ERI-ESI surveys, West Africa (recalled)": {
        "Oui": YES, "Non": NO, "Ne sait pas": DK, "Non réponse": NS, "Non déclaré": NS, "Non renseigné": NS, "Non concerné": NA, "Sans objet": NA,
        "Refus de répondre": REF,
    },
    "Malawi Labour Force Survey 2023 (NSO; CSPro dictionaries of child and individual questionnaires)": {
        "Yes": YES, "No": NO, "YES": YES, "Don`t know": DK, "DON'T KNOW": DK, "Refused": REF, "Refuse": REF, "NO RESPONSE": NS, "97. DON’T KNOW": DK,
        "No desire to work": ASK, "Refuse workers": ASK, "No - no difficulty": ASK, "Yes - some difficulty": ASK,
    },
    "PIAAC 2012 (OECD; SAS formats of the US public-use file)": {
        "Valid skip": ASK, "Don't know": DK, "Refused": REF, "Not stated or inferred": ASK,
    },
    "General Social Survey, United States (Stata labels)": {"No answer": NS, "Don't know": DK, "Not applicable": NA, ".i:  Inapplicable": NA},
    "DHS and SIMPOC child labour surveys (recalled)": {
        "Yes": YES, "No": NO, "Don't know": DK, "Missing": NS, "Not stated": NS, "Not reported": NS, "No reply": NS, "Non-response": NS,
        "Prefers not to say": REF,
        "Never": ASK, "Don't remember": DK, "N/A": ASK, "Not asked": NA, "Unknown": DK,
    },
    "issue 22": {
        "No responde": REF, "No informa": NS, "Não responde": REF, "Não informado": NS, "Non renseigné": NS, "No reply": NS, "Non-response": NS,
        "Not reported": NS, "Sin respuesta": NS, "NSP": DK, "Refus": REF, "Ne sait pas": DK, "Prefere não responder": REF,
    },
}  # fmt: skip


@pytest.mark.parametrize(("label", "kind"), [(label, kind) for labels in PUBLIC.values() for label, kind in labels.items()])
def test_answers_of_public_questionnaires(label: str, kind: str | None) -> None:
    assert answer_meaning(label) == kind


@pytest.mark.parametrize(
    ("yes", "no", "others"),
    [
        ("Да", "Нет", ["Не знаю", "Отказ от ответа", "Не применимо"]),
        ("نعم", "لا", ["لا أعرف", "رفض الإجابة", "لا ينطبق"]),
        ("是", "否", ["不知道", "拒绝回答", "不适用"]),
        ("Sì", "No", ["Non so", "Non risponde", "Rifiuta"]),
    ],
)
def test_in_other_languages_yes_and_no_are_known_and_every_third_code_is_asked(yes: str, no: str, others: list[str]) -> None:
    assert [answer_meaning(yes), answer_meaning(no), *map(answer_meaning, others)] == ["yes", "no", None, None, None]


@pytest.mark.parametrize(
    "label",
    ["Northern", "Nonprofit", "Sin estudios", "Simple", "1", "", "Homme", "Норильск", "Answered", "Knows",
     "Did not refuse", "No missing", "Si no sabe", "Respondent"],
)  # fmt: skip
def test_what_only_looks_like_an_answer_is_none(label: str) -> None:
    assert answer_meaning(label) is None


# Sentences in the words of forced-labour questionnaires. Each list was written after the rule that it tried, and what it found was mended:
# of OPEN 1 of 49 had been taken as sure, of AROUND 6 of the first 43 and 26 of the next 35; then every word of a label had to be known, and of the
# last 40 it was 2.
ITEM = "items.coercion.threats_or_violence"
OPEN = [  # yes may mean that it did not happen, or that something else did
    "Could you refuse overtime without being punished", "Were you free to leave the workplace after work", "Never threatened by the recruiter",
    "Have you repaid the debt to your employer", "Did your employer let you keep your passport", "Do you hold your own identity documents",
    "Was your salary paid in full and on time", "Did you agree to the dangerous tasks", "Were the working conditions safe",
    "Are you able to move around outside working hours", "Did you have access to your documents", "Do you have a debt", "Passport",
    "Has any member of this household been beaten by an employer", "Have you reported the violence to the police", "Did the threats stop",
    "Did you volunteer for hazardous work", "Was there nobody who watched you", "Did you get your documents back",
    "Aviez-vous la possibilité de refuser les heures supplémentaires",
    "Pouvait sortir du lieu de travail sans être surveillé", "Votre dette est-elle remboursée",
    "Avez-vous accès à vos papiers d'identité", "N'a jamais été menacé",
    "Étiez-vous d'accord pour travailler la nuit", "Le salaire était-il versé régulièrement",
    "Gardait lui-même son passeport", "Un membre du ménage a-t-il été battu", "Êtes-vous libre de changer d'employeur", "Dette envers l'employeur",
    "Tenía acceso a sus documentos", "Podía negarse a hacer horas extra", "Nunca fue amenazado", "¿Ya pagó la deuda?", "Tenía sus documentos consigo",
    "¿Le devolvieron el pasaporte?", "¿Aceptó voluntariamente el trabajo peligroso?", "¿Recibía su salario completo?", "¿Tiene deudas?",
    "Podia sair do local de trabalho", "Tinha acesso aos seus documentos", "Nunca foi ameaçado", "A dívida já foi paga", "Ficou com o seu passaporte",
    "Era livre para recusar horas extras", "Algum familiar foi agredido", "Documentos", "Вас запирали на рабочем месте", "هل تعرضت للتهديد",
]  # fmt: skip
AROUND = [  # beside the harm: its end, its repair, its opposite, or what somebody else did
    "Did you choose this job yourself",
    "Could you go home at night",
    "Was it possible to leave the compound",
    "Were you given your passport whenever you asked",
    "Did the employer respect the agreed hours",
    "Was the debt forgiven",
    "Were you treated well by the recruiter",
    "Did you get a written contract",
    "Have your wages been paid in full",
    "Were you ever in debt to the recruiter",
    "Were threats absent",
    "Do you keep your wages",
    "Is your passport with you",
    "Did you work overtime",
    "Y a-t-il eu une absence de menaces",
    "L'employeur respectait-il les horaires",
    "Avez-vous été bien traité",
    "Avez-vous reçu votre salaire",
    "Votre passeport est en votre possession",
    "La dette a été annulée",
    "Avez-vous eu un contrat écrit",
    "¿Le respetaron el horario acordado?",
    "¿Fue bien tratado?",
    "¿Se canceló su deuda?",
    "¿Estaba libre de amenazas?",
    "¿Tiene el pasaporte en su poder?",
    "¿Trabajó horas extra?",
    "O empregador respeitava o horário",
    "Foi bem tratado",
    "Recebeu o salário combinado",
    "A dívida foi perdoada",
    "O passaporte está em seu poder",
    "Estava isento de ameaças",
    "Safe from violence at work",
    "Protected against threats",
    "How satisfied with wages held",
    "Employer took care of documents",
    "Were documents kept safe by yourself",
    "Dismissal was fair",
    "Were you taken to hospital",
    "Did you accept to be deported",
    "Ended the restriction of movement",
    "Were you kept informed of your rights",
    "Does the employer return wages held each month",
    "Was violence absent from the workplace",
    "Would you have been allowed out of the locked room",
    "Do you approve of the threats",
    "Were the dangers explained to you beforehand",
    "Did you sign up for the danger allowance",
    "Were you warned about hazards",
    "Have you recovered from the physical injury",
    "Was force used by the police",
    "Did you threaten your employer",
    "Did you hit a colleague",
    "Was your employer punished",
    "Was the person who beat you convicted",
    "Did the deportation get cancelled",
    "Were you compensated for wages withheld",
    "Avez-vous été indemnisé pour les salaires retenus",
    "L'employeur a-t-il été sanctionné",
    "Avez-vous frappé quelqu'un",
    "Avez-vous été informé des dangers",
    "Étiez-vous au courant des tâches dangereuses",
    "Les menaces ont-elles cessé",
    "¿Fue sancionado el empleador?",
    "¿Le informaron de los peligros?",
    "¿Usted golpeó a alguien?",
    "¿Recibió indemnización por los salarios retenidos?",
    "¿Conocía los peligros del trabajo?",
    "O empregador foi punido",
    "Foi informado dos perigos",
    "Você agrediu alguém",
    "Recebeu indenização pelos salários retidos",
    "Is there a danger pay",
    "Do you know anybody forced to work",
    "Was work without violence",
    "Did the violence come to an end before you left",
    "Was the threat minor",
    "Was overtime compensated",
    "Were you happy in the work you were forced to do before this job",
    "Did the employer free you of the debt",
    "Were threats made by you",
    "Did violence never occur",
    "Are wages no longer withheld",
    "Employer handed documents over on request",
    "Was the debt written off",
    "Were you promoted after the punishment",
    "Did you leave because of threats",
    "Was hazardous work forbidden",
    "Were restrictions lifted",
    "Was the employer forced to pay",
    "Were others punished but not you",
    "Did a court order the deportation",
    "Was the hazardous work insured",
    "Were your papers in order",
    "Did you borrow money",
    "Vous a-t-on prévenu des menaces",
    "Les restrictions ont-elles été levées",
    "Votre employeur a-t-il été obligé de payer",
    "Aviez-vous peur des violences",
    "Le travail dangereux était-il interdit",
    "Le patron a été menacé par vous",
    "La dette a été effacée",
    "Avez-vous déjà emprunté de l'argent",
    "Vos papiers étaient-ils en règle",
    "¿El empleador fue obligado a pagar?",
    "¿Le levantaron el castigo?",
    "¿Estaba prohibido el trabajo peligroso?",
    "¿Sus papeles estaban en regla?",
    "¿Pidió dinero prestado?",
    "¿Usted amenazó a su patrón?",
    "¿Se libró del castigo?",
    "O patrão foi obrigado a pagar",
    "O trabalho perigoso era proibido",
    "O castigo foi suspenso",
    "Pediu dinheiro emprestado",
    "Você ameaçou o patrão",
    "Seus papéis estavam em ordem",
]
SURE = [  # yes can only mean that it happened
    "Threatened with violence by the employer", "Were you beaten or otherwise physically punished", "Employer confiscated identity papers",
    "Locked in or guarded at the workplace", "Forced to work overtime that had not been agreed", "Deceived about the nature of the job",
    "Wages withheld as a punishment", "Made to do hazardous work without protection", "Had to work to repay a debt", "Kept longer than agreed",
    "A été battu ou enfermé par l'employeur", "Son passeport a été confisqué", "Obligé de travailler sans salaire", "A dû rester plus longtemps que convenu",
    "Menacé de dénonciation aux autorités", "Trompé sur la nature du travail",
    "Fue golpeado o encerrado", "Le retuvieron el pasaporte", "Fue obligado a trabajar sin pago",
    "Amenazas de despido o deportación", "Tuvo que trabajar más tiempo de lo acordado",
    "Foi ameaçado ou agredido", "Retiveram os documentos de identidade", "Obrigado a trabalhar sem salário", "Trancado ou vigiado no local de trabalho",
]  # fmt: skip


@pytest.mark.parametrize("label", [*OPEN, *AROUND])
def test_a_question_that_can_be_read_both_ways_is_asked(label: str) -> None:
    assert why_unclear(label, ITEM)


@pytest.mark.parametrize("label", SURE)
def test_a_question_that_says_what_was_done_to_a_person_is_taken_as_it_stands(label: str) -> None:
    assert why_unclear(label, ITEM) == ""


@pytest.mark.parametrize(
    ("key", "label", "open_"),
    [
        ("items.involuntary.no_freedom_to_leave", "Forced to stay", True),
        ("any_work", "Worked for a wage", False),
        ("any_work", "Looked for any work", True),
        ("any_work", "A travaillé sans être payé dans une entreprise familiale", False),
        ("worked", "N'a exercé aucun travail", True),
        ("worked", "Did the spouse do any work at all", True),
        ("same_work", "Was this in the same work", False),
        ("same_work", "Not in the same work", True),
        ("current", "Are you still in this work", False),
        ("current", "", True),
        ("alone", "The person was alone", False),
        ("alone", "Were others present", True),
        ("proxy", "Module répondu par un tiers", False),
    ],
)
def test_work_and_the_interview_are_asked_where_the_label_denies_or_is_about_another_thing(
    key: str, label: str, open_: bool
) -> None:
    assert bool(why_unclear(label, key)) is open_


def test_what_a_person_saw_is_told_from_what_the_person_suffered() -> None:
    labels = [
        "Saw co-workers being beaten",
        "A vu des collègues menacés",
        "Vio a compañeros golpeados",
        "Viu colegas ameaçados",
        "Was beaten",
    ]
    assert [is_witnessed(label) for label in labels] == [True, True, True, True, False]
