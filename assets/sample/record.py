"""Record the sample store that `dspyglass --demo` shows.

    python record.py [OUT.tar.gz]        (default: sample-store.tar.gz beside this file)

Needs a Python environment with mlflow==3.17.2, dspy==3.4.1 and optuna. It uses no network: a loopback
server in this process stands in for the language model. The program, the optimizers, the evaluations and
everything that MLflow writes are real; only the model is played.

The setting: a botanical garden's help desk. `TicketRouter` retrieves two earlier tickets, then chooses one of
five queues and writes a reply. The played model has weaknesses that a good instruction or a fitting demo cures:
each ticket has a trait, and each trait is solved by a rule that an instruction may or may not contain. So
optimizers find something to climb, and now and then break what worked.

Recorded, in this order:
    ticket-router         MIPROv2 (minibatches), then held-out evaluations of its winner and of the seed
    ticket-router-gepa    GEPA with use_mlflow=True (candidates, proposals, Pareto front)
    help-desk-agent       ReAct with tools (one raises, one run ends out of steps), a reply that ChatAdapter cannot
                          parse (JSONAdapter steps in), a request the model's host refuses
    retriever-warm-up     a curve over steps, with NaN
"""
import gzip, hashlib, json, os, random, re, shutil, sqlite3, sys, tarfile, tempfile, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(HERE, "sample-store.tar.gz")
WORK = tempfile.mkdtemp(prefix="garden-")
SHOWN_HOME = "/home/gardener/help-desk"  # what the store shall name as its folder; it exists on no machine that shows the sample
SHOWN_ENV = "/opt/help-desk/env"
os.chdir(WORK)
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", LITELLM_LOCAL_MODEL_COST_MAP="True", GIT_PYTHON_REFRESH="quiet",
                  DSPY_CACHEDIR=os.path.join(WORK, "cache"))
SEED = 1  # of five tried, the one whose optimization visits poor and good instructions alike

# --------------------------------------------------------------------------------------------- tickets
# (ticket, right queue, the queue a careless reader picks, trait)
# traits: plain; need – two topics, the request comes second; tongue – not in English; past – vague, the history tells;
#         care – an ailing plant that was bought in the shop; tone – a joke or a grumble before the point
V, P, S, E, L = "visits", "plant-care", "shop", "events", "lost-and-found"
TRAIN = [
    ("What time does the palm house close on Sundays in winter?", V, S, "plain"),
    ("Is there step-free access from the north gate to the fern ravine? My mother uses a wheelchair.", V, P, "plain"),
    ("The leaves of my lemon tree curl inward and feel sticky underneath. What is eating it?", P, S, "plain"),
    ("How often should I feed a staghorn fern that hangs in a bathroom?", P, V, "plain"),
    ("My order 4471 says delivered, but no parcel has arrived. Could you check?", S, L, "plain"),
    ("Do you sell gift cards that can be printed at home?", S, V, "plain"),
    ("Please book two places for the moss terrarium workshop on the 14th.", E, S, "plain"),
    ("At what hour does the night-blooming cereus evening begin, and may we bring a picnic?", E, V, "plain"),
    ("I left a green umbrella with a wooden duck's head in the orangery yesterday.", L, V, "plain"),
    ("Has anyone handed in a child's red mitten? It went missing near the koi pond.", L, E, "plain"),
    ("We loved the orchid show last week! By the way, can I exchange the clay pot I bought for a larger one?", S, E, "need"),
    ("Buying the bonsai scissors was a pleasure. Now, which month is right to prune a five-needle pine?", P, S, "need"),
    ("After the lecture on carnivorous plants I could not find my reading glasses. Are they with you?", L, E, "need"),
    ("My tomatoes are doing splendidly, thank you. I write because our school would like to visit with 28 pupils in May.", V, P, "need"),
    ("Me encantó la charla sobre orquídeas. ¿A qué hora abre mañana el jardín de España y el invernadero de cactus?", V, E, "tongue"),
    ("先週注文した椿の苗がまだ届きません。佐藤と申します。注文番号は4502です。", S, P, "tongue"),
    ("Guten Tag, meine Strelitzie blüht seit drei Jahren nicht mehr. Was mache ich falsch?", P, E, "tongue"),
    ("Bonjour, j'ai oublié un carnet de croquis sur le banc près des nymphéas.", L, V, "tongue"),
    ("Same question as last time, please.", P, V, "past"),
    ("Could you do for Saturday what you arranged for us in spring?", E, V, "past"),
    ("The jasmine I bought from you on Friday is wilting already, although I water it daily.", P, S, "care"),
    ("Your shop's bonsai came with tiny webs between the needles. Is that normal?", P, S, "care"),
    ("It rained so hard that I considered hiring a gondola. Anyway: may I move my lantern-walk booking to next week?", E, V, "tone"),
    ("Congratulations, your peacock has excellent taste: it ate my sandwich. Where do I find the café's opening hours?", V, S, "tone"),
]
VAL = [
    ("Are dogs allowed in the arboretum if they stay on a lead?", V, P, "plain"),
    ("Which tram stops closest to the south gate?", V, S, "plain"),
    ("White fluff has appeared on my jade plant's stems. Should I worry?", P, S, "plain"),
    ("Can a gardenia survive on a balcony that faces east?", P, V, "plain"),
    ("I was charged twice for the same packet of poppy seeds.", S, P, "plain"),
    ("Does the museum shop ship books abroad? I am after the atlas of alpine plants.", S, V, "plain"),
    ("Is the grafting course in March suitable for beginners?", E, P, "plain"),
    ("How many people may join the bat walk at dusk?", E, V, "plain"),
    ("My grandson lost a toy abacus 🧮 somewhere between the maze and the rose garden.", L, E, "plain"),
    ("I think my car key slipped out at the picnic lawn; it has a leather fob.", L, V, "plain"),
    ("The seed catalogue is a delight. Could you tell me whether the greenhouse is heated enough for a toddler in January?", V, S, "need"),
    ("We had a lovely visit on Sunday; only now the cutting your gardener gave me drops its leaves. What can I do?", P, V, "need"),
    ("Thank you for the advice on aphids! I would like to join the watercolour class on the 9th.", E, P, "need"),
    ("The concert among the camellias was magical, but the recording I ordered afterwards never came.", S, E, "need"),
    ("Buenas tardes: compré una entrada para el taller de bonsái y no podré ir. ¿Puedo cambiar la fecha? — Íñigo Núñez", E, S, "tongue"),
    ("温室で青い帽子を忘れました。届いていませんか。", L, V, "tongue"),
    ("Kann man den Garten auch bei Schnee besuchen, und gilt die Jahreskarte dann?", V, S, "tongue"),
    ("Les feuilles de mon olivier jaunissent depuis que je l'ai rempoté. Que faire ?", P, V, "tongue"),
    ("It has happened again, exactly as I wrote in June.", S, P, "past"),
    ("Any news about the thing I rang you about?", L, V, "past"),
    ("Three of the tulip bulbs from your Christmas box have gone soft and grey. How do I save the rest?", P, S, "care"),
    ("The orchid my sister bought at your till has black spots spreading on each leaf.", P, S, "care"),
    ("I have read every sign in the garden twice and feel almost photosynthetic. Which evening is the talk on Darwin's orchids?", E, V, "tone"),
    ("Either your squirrels are thieves or I am careless: my camera strap is gone since the terrace.", L, V, "tone"),
]
HELD = [
    ("Do students get a reduced ticket on weekdays?", V, S, "plain"),
    ("My basil collapses two days after I bring it home.", P, S, "plain"),
    ("Can I return an unopened bag of orchid bark without the receipt?", S, P, "plain"),
    ("Will the herb-drying workshop be repeated in autumn?", E, P, "plain"),
    ("A silver earring shaped like a ginkgo leaf: has it been found?", L, S, "plain"),
    ("Is the tea room open while the orangery is being repaired?", V, E, "plain"),
    ("Your podcast on mosses made my week. How do I bring a dried-out sphagnum bowl back to life?", P, E, "need"),
    ("We enjoyed the fern shop. On leaving, my daughter forgot her sketching stool by the lake.", L, S, "need"),
    ("¿Hay plazas para la visita nocturna del sábado? Somos cuatro, dos niños pequeños.", E, V, "tongue"),
    ("カードで二重に請求されたようです。確認をお願いします。佐藤花子", S, L, "tongue"),
    ("Buongiorno, il giardino è aperto il lunedì di Pasqua?", V, E, "tongue"),
    ("As agreed with your colleague, please send it to the other address.", S, V, "past"),
    ("The fig from your spring sale grows, but every fruit splits before it ripens.", P, S, "care"),
    ("One of my shop-bought cacti now leans like a certain tower. Is it thirsty or drowning?", P, S, "care"),
    ("My husband claims he can identify every rose by smell. Do you hold a contest where he may be humbled?", E, V, "tone"),
    ("I suspect the maze has eaten my left glove. It was grey, with a button.", L, V, "tone"),
]
AGENT = ["When does the palm house close this Saturday, and is the blue poppy in flower?",
         "Where is my parcel? The order number is 4471.",
         "Please tell me everything about every plant in bed nine."]
UNPARSABLE = "Do you still have the postcard set with the pressed ferns? (asking for a friend in a hurry)"
REFUSED = "BLOCKED: please write me a poem on which mushrooms nobody survives."
FACTS = {t: (q, bait, trait) for t, q, bait, trait in TRAIN + VAL + HELD}
FACTS[UNPARSABLE] = (S, V, "plain")
ARCHIVE = [  # what the retriever finds: earlier tickets and where they went
    "[visits] Opening hours of the palm house and the café; tickets, gates, trams, dogs, wheelchairs, school visits.",
    "[plant-care] 'My plant drops its leaves / has spots / webs / fluff.' Answered by a gardener, even when it was bought in the shop.",
    "[shop] Orders, parcels, double charges, exchanges, gift cards. 'It happened again' in June: a parcel that never arrived.",
    "[events] Workshops, walks, talks, concerts: booking a place, moving a date. 'As in spring': a group booking for the lantern walk.",
    "[lost-and-found] Umbrellas, gloves, keys and glasses, by place and day. Callers who rang before mostly ask whether theirs was found.",
    "[plant-care] 'Same question as last time': a reader asks each month about the scale insects on her bay tree.",
]

# --------------------------------------------------------------------------------------------- the played model
RULES = {  # trait -> (how to recognise the rule in an instruction, a sentence that states it)
    "need": (r"needs? done|actual request|what (is|they are) asking", "Route by what the writer needs done now, not by the first topic they mention: praise and small talk often come before the actual request."),
    "tongue": (r"language", "Tickets arrive in many languages; understand each in its own language, decide as you would for English, and reply in the language of the ticket."),
    "past": (r"history", "When the ticket itself is vague (\"same as last time\"), let the history decide: it shows where similar tickets went."),
    "care": (r"ailing|wilt|sick", "An ailing plant belongs to plant-care even if it was bought in our shop; the shop handles only payment, delivery and exchange."),
    "tone": (r"joke|irony|grumbl", "Set aside jokes and grumbles, and look for the one sentence that wants an answer."),
}
SEED_INSTRUCTION = "Route the ticket and write a reply."
PROPOSALS = [
    "You work at the help desk of a botanical garden. Choose the best queue for the ticket and write a short, friendly reply that begins with a greeting.",
    "Read the whole ticket before you decide. Route by what the writer needs done, not by the first topic mentioned, and reply in two courteous sentences.",
    "Decide which team of the botanical garden should act: visits, plant-care, shop, events or lost-and-found.\nTickets come in several languages; reply in the language of the ticket.\nAn ailing plant always goes to plant-care, wherever it was bought.",
    "Find the actual request in the ticket, setting aside jokes, grumbles and thanks. Then pick the queue whose team can fulfil that request today, and write a reply that says what will happen next.",
    "You route tickets for a botanical garden whose visitors write in many languages.\n\n1. Find the actual request: route by what the writer needs done, not by what they mention first.\n2. An ailing plant goes to plant-care even if it came from our shop; shop is for payment, delivery and exchange.\n3. If the ticket is vague, the history shows where similar tickets went.\n\nReply in the writer's own language, warmly, in at most two sentences.",
]
REPLIES = {
    V: ["Thank you for writing. Our visitor team will send you opening hours, prices and the easiest way in today.", "We look forward to welcoming you. The gate team will confirm the details by this evening."],
    P: ["What a patient you have there! A gardener will look into it; a photograph of the leaves would help.", "Please do not despair: our gardeners will tell you what to do, step by step."],
    S: ["We are sorry for the trouble. The shop will check your order and write to you by tomorrow.", "Thank you. The shop team will put this right and confirm by e-mail."],
    E: ["How nice that you want to join us. The events team will check the places and confirm your booking.", "Thank you; our events team will answer with dates and times today."],
    L: ["We hope to bring you together again soon. Our gatekeepers will search the shelf and call you.", "Thank you for the description. Lost-and-found will look for it this afternoon."],
}
TONGUES = [(r"[ぁ-んァ-ン一-龥]", "ご連絡ありがとうございます。担当者が確認のうえ、本日中にお返事いたします。"), (r"[¿¡]|Buenas", "Gracias por escribirnos, señora o señor. El equipo responsable le contestará hoy mismo; hasta mañana en el jardín."),
           (r"\b(der|die|Guten|Kann)\b", "Vielen Dank für Ihre Nachricht. Unser Team meldet sich noch heute bei Ihnen."), (r"\b(Bonjour|Les|mon)\b", "Merci de votre message. Notre équipe vous répondra aujourd'hui."), (r"Buongiorno", "Grazie del messaggio. Il nostro gruppo visite Le risponderà oggi.")]
OBSERVATIONS = ("The tickets are short letters to a botanical garden in English, Spanish, Japanese, German and French. Many open with thanks or a joke and state the request at the end. "
                "Five queues occur about equally often; plant-care and shop are the easiest to confuse.")
TEXTS = {"observations": OBSERVATIONS, "summary": OBSERVATIONS.split(". ")[0] + ".", "program_description": "The program reads a ticket, retrieves two earlier tickets and decides which team should act; it also writes a short reply.",
         "module_description": "This module receives the ticket and the retrieved history, reasons about the request, and returns the queue and the reply."}
SCRIPTS = {  # the agent: (thought, tool, args) per step
    AGENT[0]: [("The visitor asks for two things; first the hours.", "opening_hours", {"day": "Saturday"}), ("Now the blue poppy.", "find_plant", {"name": "Meconopsis"}), ("I have both answers.", "finish", {})],
    AGENT[1]: [("I need the state of order 4471.", "order_status", {"order": 4471}), ("The order system did not answer. I try once more.", "order_status", {"order": 4471}), ("It stays unreachable; I tell the customer honestly.", "finish", {})],
    AGENT[2]: [(f"Bed nine holds many plants; next is {n}.", "find_plant", {"name": n}) for n in ("Galanthus", "Helleborus", "Eranthis", "Hamamelis")],
}
AGENT_REPLIES = {AGENT[0]: "On Saturday the palm house closes at 18:00. The blue poppy is in full flower, in the rock garden behind the lake.",
                 AGENT[1]: "I could not reach the order system just now, so I cannot say where parcel 4471 is. The shop will write to you tomorrow morning.",
                 AGENT[2]: "Bed nine holds, among others, snowdrops, hellebores and winter aconites; a full list would fill a booklet."}
lock, proposed = threading.Lock(), [0]


def h(*parts): return int(hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest(), 16)


def text_of(message):
    c = message["content"]
    return c if isinstance(c, str) else "".join(p.get("text", "") for p in c)


def find_ticket(text):
    """The ticket in the text that stands furthest down: demos come before the one to answer."""
    best = max(FACTS, key=lambda t: text.rfind(t))
    return best if best in text else None


def decide(instruction, demos, ticket):
    """The queue the played model picks."""
    right, bait, trait = FACTS[ticket]
    luck = h(instruction, *demos, ticket) % 100
    if trait == "plain": ok = luck >= (6 if demos else 10)
    else:
        shown = sum(FACTS[d][2] == trait for d in demos)
        ok = luck < 77 if re.search(RULES[trait][0], instruction, re.I) else luck < 14 + 4 * len(demos) + 30 * bool(shown)
    return right if ok else bait


def reply_for(ticket, queue):
    for mark, text in TONGUES:
        if re.search(mark, ticket) and FACTS[ticket][2] == "tongue": return text
    return REPLIES[queue][h(ticket, queue) % 2]


def reflect(current, seen):
    """GEPA's reflection: keep the instruction, add a rule for the trait of a failed ticket – or, at times, spoil it."""
    try: failed = [FACTS[e["Inputs"]["ticket"]][2] for e in json.loads(seen) if e["Feedback"] != "Right queue."]
    except (ValueError, KeyError): failed = []
    missing = [t for t in failed if t in RULES and not re.search(RULES[t][0], current, re.I)]
    with lock: proposed[0] += 1; n = proposed[0]
    if n % 8 == 3: return "Answer fast: pick the queue named most often in the ticket and thank the writer in one line."
    if n % 4 == 3 or not missing: return current + ("\nBe brief." if n % 2 else "\nThink twice before you choose shop.")
    opening = "You route tickets for a botanical garden and write the first reply.\n" if current == SEED_INSTRUCTION else current + "\n"
    return opening + "\n".join("- " + RULES[t][1] for t in dict.fromkeys(missing[:2]))


def play(messages):
    """The output fields that the prompt asks for, filled in."""
    system = text_of(messages[0]) if messages[0]["role"] in ("system", "developer") else ""
    user = text_of(messages[-1])
    m = re.search(r"Your output fields are:\n(.*?)\n(?:All interactions|Outputs will|\n)", system, re.S)
    fields = re.findall(r"^\d+\. `([^`]+)` \(", m.group(1), re.M) if m else []
    m = re.search(r"your objective is: *\n?(.*)\Z", system, re.S)
    instruction = re.sub(r"\n +", "\n", m.group(1)).strip() if m else ""
    names = set(fields)
    if "new_instruction" in names:
        current, seen = (re.search(r"\[\[ ## %s ## \]\]\n(.*?)(?=\n\n\[\[ ## |\n\nRespond with|\Z)" % f, user, re.S) for f in ("current_instruction", "examples_with_feedback"))
        return {"new_instruction": reflect(current.group(1).strip(), seen.group(1))}
    if "next_tool_name" in names:
        ask = next(t for t in AGENT if t in user)
        steps = SCRIPTS[ask]; done = len(re.findall(r"observation_\d+", user))
        thought, tool, args = steps[min(done, len(steps) - 1)]
        return {"next_thought": thought, "next_tool_name": tool, "next_tool_args": json.dumps(args)}
    if "proposed_instruction" in names:
        with lock: k = proposed[0]; proposed[0] += 1
        return {"proposed_instruction": PROPOSALS[k % len(PROPOSALS)]}
    ask = next((t for t in AGENT if t in user), None)
    if ask: return {f: AGENT_REPLIES[ask] if f == "reply" else "The observations answer the question as far as they go." for f in fields}
    ticket = find_ticket(user)
    if "queue" in names and ticket:
        demos = [d for d in (find_ticket(text_of(x)) for x in messages[1:-1] if x["role"] == "user") if d]
        queue = decide(instruction, demos, ticket)
        why = {"plain": "The request is stated openly", "need": "The message opens with one topic and closes with another", "tongue": "The ticket is not in English", "past": "The ticket alone says little",
               "care": "A plant from our shop is mentioned", "tone": "The writer jokes before coming to the point"}[FACTS[ticket][2]]
        team = {V: "the visitor team", P: "a gardener", S: "the shop", E: "the events team", L: "lost-and-found"}[queue]
        return {f: {"reasoning": f"{why}. What should happen next is best done by {team}, so it goes to {queue}.", "queue": queue, "reply": reply_for(ticket, queue)}.get(f, queue) for f in fields}
    return {f: TEXTS.get(f, OBSERVATIONS) for f in fields}


class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        messages = body["messages"]; user = text_of(messages[-1]); code = 200
        got = play(messages)
        if body.get("response_format") or "JSON object" in user: text = json.dumps(got, ensure_ascii=False)
        elif UNPARSABLE in user: text = "Yes, we do! The fern postcards are on the shelf by the till, so I would pass this to the shop."
        else: text = "".join(f"[[ ## {k} ## ]]\n{v}\n\n" for k, v in got.items()) + "[[ ## completed ## ]]"
        prompt, reply = sum(len(text_of(m)) for m in messages) // 4 + 4 * len(messages), max(1, len(text) // 4)
        time.sleep(min(0.8 if "new_instruction" in got else 0.3, 0.03 + reply * 0.0011 + random.expovariate(1 / 0.035)))  # slower the longer the answer
        if REFUSED in user:
            code, out = 400, {"error": {"message": "The request was refused by the content filter.", "type": "invalid_request_error", "code": "content_filter"}}
        else:
            out = {"id": f"chatcmpl-{h(user, text) % 2**48:012x}", "object": "chat.completion", "created": int(time.time()), "model": body.get("model"),
                   "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
                   "usage": {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": prompt + reply}}
        data = json.dumps(out).encode()
        self.send_response(code); self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(data))); self.end_headers(); self.wfile.write(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()

# --------------------------------------------------------------------------------------------- the program
sys.argv = ["route_tickets.py"]  # what MLflow notes as the source
import mlflow, dspy

print("mlflow", mlflow.__version__, "dspy", dspy.__version__, flush=True)
mlflow.set_tracking_uri("sqlite:///mlflow.db")
def model(name, **kw): return dspy.LM(f"openai/{name}", api_base=f"http://127.0.0.1:{server.server_address[1]}/v1", api_key="none", **kw)
dspy.configure(lm=model("gpt-4o-mini", temperature=0.7, max_tokens=1000))
mlflow.dspy.autolog(log_compiles=True, log_evals=True, log_traces_from_compile=True)


class PastTickets(dspy.Retrieve):
    """Earlier tickets that share words with this one."""
    def forward(self, query, k=2, **kw):
        words = set(re.findall(r"\w{4,}", query.lower()))
        ranked = sorted(ARCHIVE, key=lambda p: (-len(words & set(re.findall(r"\w{4,}", p.lower()))), h(query, p)))
        return dspy.Prediction(passages=ranked[:k])
    def dump_state(self, *_, **__): return super().dump_state()  # DSPy 3.4.1's Retrieve knows no json_mode; without this MLflow saves no program


class RouteTicket(dspy.Signature):
    ticket: str = dspy.InputField(desc="what a visitor wrote to the botanical garden")
    history: list[str] = dspy.InputField(desc="earlier tickets that look similar, with their queues")
    queue: Literal["visits", "plant-care", "shop", "events", "lost-and-found"] = dspy.OutputField(desc="the team that should act")
    reply: str = dspy.OutputField(desc="the first reply to the visitor")
RouteTicket = RouteTicket.with_instructions(SEED_INSTRUCTION)


class TicketRouter(dspy.Module):
    def __init__(self):
        super().__init__()
        self.past = PastTickets(k=2)
        self.route = dspy.ChainOfThought(RouteTicket)
    def forward(self, ticket): return self.route(ticket=ticket, history=self.past(ticket).passages)


def examples(rows): return [dspy.Example(ticket=t, queue=q).with_inputs("ticket") for t, q, *_ in rows]
def right_queue(example, pred, trace=None, *_, **__): return example.queue == pred.queue
train, val, held = examples(TRAIN), examples(VAL), examples(HELD)


def optimize_with_mipro():
    mlflow.set_experiment("ticket-router")
    optimizer = dspy.MIPROv2(metric=right_queue, auto=None, num_candidates=6, max_bootstrapped_demos=2, max_labeled_demos=2, num_threads=4, seed=SEED)
    with mlflow.start_run(run_name="bold-finch-218"):
        mlflow.set_tag("mlflow.note.content", "MIPROv2 over 24 tickets. Seed: *Route the ticket and write a reply.*")
        best = optimizer.compile(TicketRouter(), trainset=train, valset=val, num_trials=7, minibatch=True, minibatch_size=10, minibatch_full_eval_steps=3)
    evaluate = dspy.Evaluate(devset=held, metric=right_queue, num_threads=4, display_progress=False)
    with mlflow.start_run(run_name="held out: winner"): evaluate(best)
    with mlflow.start_run(run_name="held out: seed"): evaluate(TicketRouter())


def optimize_with_gepa():
    mlflow.set_experiment("ticket-router-gepa")
    proposed[0] = 0
    def judged(gold, pred, trace=None, pred_name=None, pred_trace=None):
        ok = gold.queue == pred.queue
        return dspy.Prediction(score=float(ok), feedback="Right queue." if ok else f"Routed to {pred.queue}, but {gold.queue} had to act.")
    optimizer = dspy.GEPA(metric=judged, max_metric_calls=160, num_threads=4, reflection_minibatch_size=4, seed=SEED, track_stats=True, use_mlflow=True,
                          reflection_lm=model("gpt-4o", temperature=1.0, max_tokens=4000))
    with mlflow.start_run(run_name="patient-heron-407"):
        optimizer.compile(TicketRouter(), trainset=train, valset=val)


def opening_hours(day: str) -> str:
    """When the palm house is open on a day of the week."""
    time.sleep(0.02); return {"Saturday": "09:00 to 18:00", "Sunday": "10:00 to 17:00"}.get(day, "09:00 to 17:00")
def find_plant(name: str) -> str:
    """Where a plant stands and whether it flowers."""
    time.sleep(0.05); return f"{name}: bed {h(name) % 20 + 1}, {'in full flower' if name == 'Meconopsis' else 'in bud'}"
def order_status(order: int) -> str:
    """How far an order has come."""
    time.sleep(0.12); raise ConnectionError(f"order system did not answer for order {order} within 120 ms")


def try_the_agent():
    mlflow.set_experiment("help-desk-agent")
    agent = dspy.ReAct(dspy.Signature("ticket -> reply", "Answer the visitor's ticket with the help of the garden's tools."), tools=[opening_hours, find_plant, order_status], max_iters=4)
    for ticket in AGENT: agent(ticket=ticket)
    router = TicketRouter()
    router(ticket=UNPARSABLE)
    router(ticket=VAL[8][0]); router(ticket=VAL[8][0])  # the second comes from the cache
    try: router(ticket=REFUSED)
    except Exception as e: print("refused, as intended:", type(e).__name__)


def warm_up():
    mlflow.set_experiment("retriever-warm-up")
    rnd = random.Random(SEED)
    with mlflow.start_run(run_name="quiet-lichen-031"):
        mlflow.log_params({"learning_rate": 0.02, "batch_size": 16, "encoder": "garden-mini"})
        for step in range(240):
            loss = 2.4 * 0.985 ** step + 0.12 + 0.05 * rnd.random()
            mlflow.log_metric("loss", float("nan") if 90 <= step < 96 else loss + (0.8 if 96 <= step < 104 else 0), step=step)
            if step % 20 == 0: mlflow.log_metric("recall_at_2", round(0.92 - 0.5 * 0.98 ** step + 0.02 * rnd.random(), 4), step=step)


def settle():
    while mlflow.active_run(): mlflow.end_run("FAILED")
    mlflow.flush_trace_async_logging()


def scrub_and_pack():
    """Name no folder of this machine, keep no secret, and pack."""
    swaps = [(WORK, SHOWN_HOME), (sys.prefix, SHOWN_ENV), (sys.base_prefix, SHOWN_ENV), (HERE, SHOWN_HOME)]
    con = sqlite3.connect("mlflow.db")
    for table, in con.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name != 'alembic_version'").fetchall():
        for _, column, kind, *_, hidden in con.execute(f"pragma table_xinfo({table})").fetchall():
            if hidden or not re.match(r"(?i)varchar|text|json|clob", kind): continue
            for old, new in swaps: con.execute(f"update {table} set {column} = replace({column}, ?, ?) where instr({column}, ?)", (old, new, old))
    for table in ("tags", "trace_request_metadata"): con.execute(f"update {table} set value = 'gardener' where key = 'mlflow.user'")
    con.execute("update runs set user_id = 'gardener'")
    for table in ("tags", "trace_request_metadata"): con.execute(f"delete from {table} where key like 'mlflow.source.git.%'")
    keys = con.execute("select count(*) from spans where content like '%api_key%'").fetchone()[0]
    if keys: sys.exit(f"{keys} spans hold an api_key: the sample is not written")
    con.commit(); con.execute("vacuum"); con.close()
    for folder, _, files in os.walk("mlruns"):
        for name in files:
            path = os.path.join(folder, name); text = open(path, encoding="utf-8").read(); new = text
            for old, shown in swaps: new = new.replace(old, shown)
            if new != text: open(path, "w", encoding="utf-8").write(new)
    with gzip.GzipFile(OUT, "wb", 9, mtime=0) as z, tarfile.open(fileobj=z, mode="w") as tar:
        def plain(info): info.uid = info.gid = 0; info.uname = info.gname = ""; info.mode = 0o755 if info.isdir() else 0o644; return info
        for name in ("mlflow.db", "mlruns"): tar.add(name, filter=plain)
    unpacked = sum(os.path.getsize(os.path.join(f, n)) for f, _, ns in os.walk(".") for n in ns if "cache" not in f)
    print(f"{OUT}: {os.path.getsize(OUT):,} bytes, {unpacked:,} unpacked")


for job in (optimize_with_mipro, optimize_with_gepa, try_the_agent, warm_up):
    print("==", job.__name__, flush=True); job(); settle()
scrub_and_pack()
os.chdir(HERE); shutil.rmtree(WORK, ignore_errors=True)
