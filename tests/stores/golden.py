"""Write what MLflow's own API says about a recorded store, as one JSON file.

    python golden.py STORE_FOLDER OUT.json [--traces 40]

STORE_FOLDER holds one database (`*.db` or `*.sqlite`) and, beside it, `mlruns/` or `mlartifacts/`.
Run it with the MLflow that recorded the store (README.md names the versions): the database's schema
must match. The store is copied to a temporary folder first, since MLflow may alter what it opens; in
that copy alone the artifact addresses are pointed at the copied folders, because the folder in which
the store was recorded no longer exists. Nothing else is changed, and no address is written out as
the copy has it.

The file holds (compact JSON, sorted as MLflow returns things):

    mlflow       version that answered
    experiments  [{id, name, lifecycle_stage, creation_time}]          (view ALL)
    runs         [{id, name, experiment_id, status, lifecycle_stage, start_time, end_time, params, tags,
                   metrics: {key: latest}, history: {key: [[step, timestamp, value]]},
                   artifacts: {relative path: bytes}}]                 (view ALL)
    traces       [{request_id, experiment_id, status, timestamp_ms, execution_time_ms, tags, metadata,
                   assessments?: [{id, name, kind, value, error, source, rationale, valid, overrides}],
                   spans?: [{name, span_id, parent_id, type, start_ns, end_ns, inputs, outputs, status}]}]

A long history (over 60 points) keeps its first and last 20 points and says how many there are in
`history_length`. NaN and the infinities are written as "NaN", "Infinity", "-Infinity". At most --traces
traces carry spans, chosen for variety of name and status; `spans_error` says why MLflow could not return
the spans of a chosen one. Assessments stand there where MLflow returned some with the list.
"""
import argparse, json, math, os, shutil, sqlite3, sys, tempfile

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def plain(value):
    """A value that strict JSON can carry."""
    if isinstance(value, float):
        if math.isnan(value): return "NaN"
        if math.isinf(value): return "Infinity" if value > 0 else "-Infinity"
        return value
    if value is None or isinstance(value, (bool, int, str)): return value
    if isinstance(value, dict): return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)): return [plain(v) for v in value]
    return str(value)


def copy_store(folder, into):
    """Copy the store and point the copy's artifact addresses at the copied folders.

    Returns the copy's database and the traces' own artifact addresses (which the golden file shows unchanged)."""
    store = os.path.join(into, "store")
    shutil.copytree(folder, store)
    names = [n for n in sorted(os.listdir(store)) if n.endswith((".db", ".sqlite"))]
    if len(names) != 1: sys.exit(f"expected one database in {folder}, found {names}")
    db = os.path.join(store, names[0])
    root = next((r for r in ("mlartifacts", "mlruns") if os.path.isdir(os.path.join(store, r))), "mlruns")
    def moved(uri):
        for mark in ("/mlruns/", "/mlartifacts/"):
            if mark in uri: return f"file://{store}{mark}{uri.split(mark, 1)[1]}"
        if uri.startswith("mlflow-artifacts:"):
            return f"file://{store}/{root}/" + uri.split(":", 1)[1].lstrip("/")
        return uri
    con = sqlite3.connect(db)
    for table, column, where in (("runs", "artifact_uri", "1"), ("experiments", "artifact_location", "1"),
                                 ("trace_tags", "value", "key = 'mlflow.artifactLocation'")):
        for rowid, uri in con.execute(f"select rowid, {column} from {table} where {where}").fetchall():
            if uri: con.execute(f"update {table} set {column} = ? where rowid = ?", (moved(uri), rowid))
    con.commit(); con.close()
    src = sqlite3.connect(f"file:{os.path.join(folder, names[0])}?mode=ro&immutable=1", uri=True)
    original = dict(src.execute("select request_id, value from trace_tags where key = 'mlflow.artifactLocation'"))
    src.close()
    return db, original


def artifact_files(client, run_id, path=None):
    found = {}
    for f in client.list_artifacts(run_id, path):
        if f.is_dir: found.update(artifact_files(client, run_id, f.path))
        else: found[f.path] = f.file_size
    return found


def all_pages(call):
    token, out = None, []
    while True:
        page = call(token); out += page; token = page.token
        if not token: return out


def histories(client, run):
    history, length = {}, {}
    for key in sorted(run.data.metrics):
        points = [[m.step, m.timestamp, plain(m.value)] for m in client.get_metric_history(run.info.run_id, key)]
        if len(points) > 60: length[key] = len(points); points = points[:20] + points[-20:]
        history[key] = points
    return history, length


def span_row(s):
    code = getattr(s.status, "status_code", s.status)
    return dict(name=s.name, span_id=s.span_id, parent_id=s.parent_id, type=plain(s.span_type), start_ns=s.start_time_ns,
                end_ns=s.end_time_ns, inputs=plain(s.inputs), outputs=plain(s.outputs), status=getattr(code, "value", str(code)))


def assessment_row(a):
    """One score, expectation or issue; its value as it was given, not as the database encodes it."""
    found = a.feedback or a.expectation or getattr(a, "issue", None)
    source = [a.source.source_type, a.source.source_id] if a.source else None
    return dict(id=a.assessment_id, name=a.name, kind=type(found).__name__, value=plain(getattr(found, "value", None)),
                error=plain(getattr(a.error, "error_code", None)), source=plain(source), rationale=a.rationale,
                valid=a.valid, overrides=a.overrides)


def choose(infos, limit):
    """The traces whose spans are written: one of each (experiment, name, status) in turn until the limit is reached."""
    groups = {}
    for i in infos:
        t = i["tags"]; groups.setdefault((i["experiment_id"], t.get("mlflow.traceName"), i["status"]), []).append(i["request_id"])
    picked = []
    while len(picked) < limit and any(groups.values()):
        for g in groups.values():
            if g and len(picked) < limit: picked.append(g.pop(0))
    return set(picked)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("store"); ap.add_argument("out"); ap.add_argument("--traces", type=int, default=40)
    a = ap.parse_args()
    target = os.path.abspath(a.out)
    with tempfile.TemporaryDirectory() as tmp:
        db, locations = copy_store(os.path.abspath(a.store), tmp)
        os.chdir(tmp)
        import mlflow
        from mlflow import MlflowClient
        from mlflow.entities import ViewType
        from mlflow.store.entities import PagedList
        mlflow.set_tracking_uri(f"sqlite:///{db}")
        client = MlflowClient()
        def search_traces(ids, size, token):
            try: return client.search_traces(experiment_ids=ids, max_results=size, page_token=token, include_spans=False)
            except TypeError: pass
            # MLflow 2 always fetches the spans and silently drops a trace whose spans it cannot read: ask its store for the headers
            infos, token = client._tracing_client.store.search_traces(experiment_ids=ids, max_results=size, page_token=token)
            return PagedList(infos, token)
        exps = all_pages(lambda t: client.search_experiments(view_type=ViewType.ALL, page_token=t))
        ids = [e.experiment_id for e in exps]
        out = {"mlflow": mlflow.__version__,
               "experiments": [dict(id=e.experiment_id, name=e.name, lifecycle_stage=e.lifecycle_stage, creation_time=e.creation_time) for e in exps],
               "runs": [], "traces": []}
        for r in all_pages(lambda t: client.search_runs(ids, run_view_type=ViewType.ALL, page_token=t)):
            i = r.info
            history, length = histories(client, r)
            row = dict(id=i.run_id, name=i.run_name, experiment_id=i.experiment_id, status=i.status, lifecycle_stage=i.lifecycle_stage,
                       start_time=i.start_time, end_time=i.end_time, params=dict(r.data.params), tags=dict(r.data.tags),
                       metrics=plain(dict(r.data.metrics)), history=history, artifacts=artifact_files(client, i.run_id))
            if length: row["history_length"] = length
            out["runs"].append(row)
        infos = []
        for e in ids:
            for t in all_pages(lambda token: search_traces([e], 100, token)):
                i = getattr(t, "info", t)
                state = getattr(i, "status", None) or i.state
                tags = dict(i.tags)
                if i.request_id in locations: tags["mlflow.artifactLocation"] = locations[i.request_id]
                row = dict(request_id=i.request_id, experiment_id=i.experiment_id, status=getattr(state, "value", str(state)),
                           timestamp_ms=i.timestamp_ms, execution_time_ms=i.execution_time_ms, tags=tags, metadata=dict(i.request_metadata))
                assessments = [assessment_row(a) for a in getattr(i, "assessments", None) or []]
                if assessments: row["assessments"] = assessments
                infos.append(row)
        chosen = choose(infos, a.traces)
        for i in infos:
            if i["request_id"] in chosen:
                try:
                    t = client.get_trace(i["request_id"])
                    i["spans"] = [span_row(s) for s in t.data.spans]
                except Exception as e: i["spans_error"] = f"{type(e).__name__}: {e}".replace(tmp, "…")[:300]
            out["traces"].append(i)
    with open(target, "w", encoding="utf-8") as f:
        json.dump(out, f, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    spans = sum(len(t.get("spans", [])) for t in out["traces"])
    print(f"{a.out}: MLflow {out['mlflow']}, {len(out['experiments'])} experiments, {len(out['runs'])} runs, {len(out['traces'])} traces, {spans} spans, "
          f"{sum('spans_error' in t for t in out['traces'])} traces whose spans MLflow could not return")


if __name__ == "__main__": main()
