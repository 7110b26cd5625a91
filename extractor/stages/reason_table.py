"""What each reason code means, what it usually comes from, and what to do: the table for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extractor.stages.reason import Reason


@dataclass(frozen=True, slots=True)
class Advice:
    """A reason for people: its meaning, its usual cause, and what helps; one line each, with `code` in backticks."""

    meaning: str
    cause: str
    remedy: str


NOTHING_FOUND: Mapping[Reason, Advice] = {
    Reason.NO_TEXT: Advice(
        "OCR found no text on the picture.",
        "A plain photo; or letters that are too small, too pale or too slanted.",
        "Look at the picture. If it has text, give a larger copy of it; `--no-second-look` must be off.",
    ),
    Reason.NO_CANDIDATE: Advice(
        "There is text, but no amount in it that could answer this entity.",
        "The picture does not state it; or OCR misread the number or its unit.",
        "If a person can read it: a larger picture, or a case for its spelling.",
    ),
    Reason.NOT_STATED: Advice(
        "There are amounts, but each is more likely wrong than worth an answer.",
        "Amounts of something else (a part, a serving, a box), or a drawing that leaves the dimension open.",
        "See `candidates`: they hold each amount and its confidence. Your own threshold can take the first of them.",
    ),
    Reason.UNANSWERABLE: Advice(
        "The reader says that the picture does not state it.",
        "A reader was named with `--vlm`, and it was surer than the rules.",
        "`detail` holds what the rules would have answered. Run without the reader to compare.",
    ),
    Reason.VLM_UNSURE: Advice(
        "The rules found nothing, and the reader was too unsure of its answer.",
        "A reader that guesses, or a policy that was fitted for another reader.",
        "`detail` holds its answer. `extractor fit-policy` fits the threshold to your reader.",
    ),
    Reason.VLM_REJECTED: Advice(
        "The reader's words are no allowed answer, and the rules found nothing.",
        "A unit of another kind, a measure that no product has, or words without a number.",
        "`detail` holds what it said and why that was refused; `--decoding allowed_unit` rules most of it out.",
    ),
    Reason.INVALID_ANSWER: Advice(
        "The answer would have made the submission invalid and was left out.",
        "A number that cannot be written as the challenge demands. Rare.",
        "`detail` names the rule. Please report it with the text on the picture.",
    ),
    Reason.NOT_ASKED: Advice(
        "The rules had no say in this arm of an ablation.",
        "`evaluate --ablate ocr`, in the arms without fallback.",
        "Nothing: it is how those arms are measured.",
    ),
}

NO_PICTURE: Mapping[Reason, Advice] = {
    Reason.NO_LINK: Advice("The row names no picture.", "An empty `image_link`.", "Fill the cell, or drop the row."),
    Reason.BAD_LINK: Advice(
        "The link is neither an http(s) address nor a file that is there.",
        "A typing error, `ftp://`, a port that does not exist; or an address given to the library, which opens files "
        "only.",
        "Mend the link. For addresses use `predict`, or fetch the picture and give its bytes.",
    ),
    Reason.PICTURE_MISSING: Advice(
        "There is no such file.",
        "Paths in a table are relative to the table's folder; or the file was deleted since.",
        "Move the table beside its pictures, or name their folder with `--images DIR`.",
    ),
    Reason.PICTURE_UNREADABLE: Advice(
        "The file is there and cannot be opened.",
        "Missing rights, a folder in place of a file, a disk with faults.",
        "Check the rights of the user who runs it; `detail` holds the system's message.",
    ),
    Reason.PICTURE_CHANGED: Advice(
        "The file changed while it was being read.",
        "Another program was still writing it.",
        "Run again when the files are complete.",
    ),
    Reason.PRIVATE_ADDRESS: Advice(
        "The host is in a private network or is this machine, and such hosts are not asked.",
        "A picture server inside a company, or a link that somebody forged.",
        "`--allow-private`, if you trust every link of the table.",
    ),
    Reason.CONNECT_FAILED: Advice(
        "No connection to the host.",
        "No network, a firewall, a host name that does not exist. Proxies of the environment are not used.",
        "Open the link in a browser on that machine; else fetch the pictures in your own way and use `--images DIR`.",
    ),
    Reason.HOST_UNREACHABLE: Advice(
        "The host did not answer several times in a row and was given up for this run.",
        "The host is down or turns you away.",
        "Run again later: only what is missing is fetched.",
    ),
    Reason.TIMED_OUT: Advice(
        "The host took too long.",
        "A slow or busy host.",
        "Run again later: what was fetched is kept.",
    ),
    Reason.BROKEN_TRANSFER: Advice(
        "The transfer broke off, four times.",
        "A poor connection, or a server that closes early.",
        "Run again.",
    ),
    Reason.TOO_MANY_REDIRECTS: Advice(
        "More than five redirects.", "A loop on the server, or a page that asks for a login.", "Mend the link."
    ),
    Reason.BAD_ENCODING: Advice(
        "The server sends the picture packed in a way that is not undone.",
        "A server that sends brotli or zstd though it was asked not to.",
        "Fetch the picture in your own way and use `--images DIR`.",
    ),
    Reason.FETCH_FAILED: Advice(
        "Fetching failed in a way that has no code of its own.",
        "A fault in the network library, or in ours.",
        "`detail` holds the message; please report it.",
    ),
    Reason("http_403"): Advice(
        "The server refuses the picture (also 401).",
        "A link with an expired signature, or a shop that turns programs away.",
        "Get fresh links, or fetch the pictures in your own way and use `--images DIR`.",
    ),
    Reason("http_404"): Advice(
        "The server has no such picture (also 410).", "The product was taken down.", "Drop the row, or mend the link."
    ),
    Reason("http_429"): Advice(
        "The server asked for fewer requests, four times.",
        "Many links to one host.",
        "Run again later; what was fetched is kept.",
    ),
    Reason("http_500"): Advice(
        "The server has a fault of its own (all codes from 500 on), four times.",
        "A busy or broken server.",
        "Run again later.",
    ),
}

NOT_A_SOUND_PICTURE: Mapping[Reason, Advice] = {
    Reason.EMPTY_FILE: Advice("The file has no bytes.", "A download that failed.", "Fetch it again."),
    Reason.NOT_A_PICTURE: Advice(
        "The file is none of AVIF, BMP, GIF, JPEG, PNG, PPM, TIFF, WEBP.",
        "A web page under a picture's name, an SVG, a PDF, a HEIC.",
        "Look at the first bytes in `detail`; convert the file.",
    ),
    Reason.TRUNCATED: Advice("The file ends too early.", "A download that broke off.", "Fetch it again."),
    Reason.DAMAGED: Advice(
        "The picture cannot be decoded.", "A disk or transfer fault.", "Fetch it again, or save it anew."
    ),
    Reason.TOO_LARGE: Advice(
        "More than 50 MB or 100 million pixels, or too much for the memory.",
        "A scan, a print file, or a file made to fill the memory.",
        "Give a smaller copy; 2,000 pixels on the long side are plenty.",
    ),
}

FAULT_HERE: Mapping[Reason, Advice] = {
    Reason.OCR_FAILED: Advice(
        "The OCR engine raised an error on this picture.",
        "A fault in the engine, mostly one of your own.",
        "`detail` holds the error; try the picture alone with `extractor extract`.",
    ),
    Reason.OCR_CRASHED: Advice(
        "The process that read the picture died, twice.",
        "Too little memory, or a crash inside the engine.",
        "Fewer `--workers` (each takes about 1 GB), then run again.",
    ),
    Reason.OCR_TIMED_OUT: Advice(
        "Reading took more than 180 s and was stopped.",
        "A machine with far more processes than CPUs, or an engine that hangs.",
        "Fewer `--workers`, then run again.",
    ),
    Reason.UPSCALED_PASS_TIMED_OUT: Advice(
        "The second look at the enlarged picture took too long.",
        "As above. `predict` keeps the answers that needed no second look.",
        "`--no-second-look`, or fewer `--workers`.",
    ),
    Reason.RULES_FAILED: Advice(
        "The rules raised an error on this entity; the others are answered.",
        "A fault in the rules.",
        "Please report `detail` and the text on the picture.",
    ),
    Reason.RULES_TIMED_OUT: Advice(
        "The rules took too long on this picture.",
        "A page with thousands of numbers.",
        "Cut the picture to what matters.",
    ),
    Reason.VLM_FAILED: Advice(
        "The reader failed on this picture, and the rules found nothing.",
        "Too little GPU memory, or a fault in a reader of your own.",
        "A smaller `--vlm-batch`; `detail` holds the error.",
    ),
}

ANSWERED: Mapping[Reason, Advice] = {
    Reason.ANSWERED: Advice(
        "There is an answer.",
        "The picture states it.",
        "Nothing. `status` says how far to trust it.",
    ),
}

TABLES: Mapping[str, Mapping[Reason, Advice]] = {
    "The picture was read, and there is no answer": NOTHING_FOUND,
    "The picture could not be had": NO_PICTURE,
    "The file is no sound picture": NOT_A_SOUND_PICTURE,
    "Something failed here": FAULT_HERE,
    "An answer": ANSWERED,
}
"""All reasons by the heading under which people look for them.

Of HTTP statuses the frequent ones are here; the others are of the same kind.
"""
