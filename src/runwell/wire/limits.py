"""Every number that bounds something, with its unit and its reason.

Docs and error texts quote these; nothing else in the code base repeats them.
"""

KIB = 1024
MIB = 1024 * KIB

# --- names and keys ---------------------------------------------------------------------
MAX_NAME_CHARS = 128  # entity, project, artifact, alias, tag, run name; also the width of a table cell nobody cuts
MAX_RUN_ID_CHARS = 128  # the official client sends 8; users may bring their own
MAX_KEY_BYTES = 512  # a metric or config key in UTF-8
MAX_TAGS = 1_000  # tags of one run
MAX_NOTES_CHARS = 100_000  # notes of one run: a long report, not a log
MAX_DESCRIPTION_CHARS = 100_000  # a project's description
MAX_ALERT_TITLE_CHARS = 256  # one line of a list; longer ones are cut
MAX_ALERT_TEXT_CHARS = 10_000  # of an alert; the rest is cut
MAX_ALERTS = 1_000  # of one run; older ones are dropped: what a script says last matters most
MAX_KEPT_CODE_BYTES = 10 * MIB  # one source file or patch kept with a run: larger ones are data
MAX_VIEW_BYTES = 1 * MIB  # one saved view as JSON: thousands of panels
MAX_VIEWS = 500  # views that one user saves in one project: nobody reads a longer list
MAX_LABEL_CHARS = 1_024  # group, job type, host, program, commit, repository of a run

# --- rows -------------------------------------------------------------------------------
MAX_STEP = 2**53 - 1  # the last integer that JavaScript and float64 hold exactly
MAX_EXACT_FLOAT_INT = 2**53  # beyond it an integer is kept as text beside its float
MAX_INT_DIGITS = 400  # longer integers have no float64 near them and no use as a metric
MAX_ROW_BYTES = 10 * MIB  # the official client drops longer lines (10 MiB - 100 KiB)
MAX_ROW_KEYS = 10_000  # keys of one row, after flattening
MAX_RUN_KEYS = 100_000  # distinct keys of one run: beyond it a key name is data, not a metric
MAX_DEPTH = 64  # nesting of JSON anywhere
MAX_SCALAR_ARRAY_ITEMS = 10_000  # an array logged as a plain value; larger ones belong in a Table or a file
MAX_CONFIG_BYTES = 1 * MIB  # config as JSON; the official limit is 10 MB, but a larger one is a file
MAX_CONFIG_WIRE_BYTES = 10 * MIB  # what the server still accepts from the official client
MAX_CONSOLE_LINE_BYTES = 1 * MIB  # one console line; the rest is cut and marked
MAX_CONSOLE_LINES_PER_S = 10_000  # recorded of one process; nobody reads faster, the number left out is said
MAX_CONSOLE_BACKLOG_BYTES = (
    16 * MIB
)  # of output that waits to be recorded: more than a disk owes a terminal in a second
CONSOLE_STALL_S = 2.0  # a full pipe that nobody reads for so long is read by the script's own process again
CONSOLE_DRAIN_S = 5.0  # that an end waits for what was written before to be shown and recorded

# --- HTTP -------------------------------------------------------------------------------
MAX_JSON_BODY_BYTES = 32 * MIB  # a JSON request, inflated: 10 MiB of lines can double when escaped in JSON
MAX_GRAPHQL_DOCUMENT_BYTES = 256 * KIB
MAX_GRAPHQL_TOKENS = 5_000
MAX_GRAPHQL_DEPTH = 24  # the official client's deepest document has 15 levels
MAX_GRAPHQL_ALIASES = 60  # its widest uses about 20
MAX_ERROR_BYTES = 1 * KIB  # an error answer
MAX_PATH_BYTES = 4_096  # a request path
MAX_PATH_SEGMENT_BYTES = 255  # one file name on every filesystem in use
MAX_PATH_SEGMENTS = 64
JSON_BODY_IDLE_S = 30.0  # silence inside a request body
JSON_BODY_TOTAL_S = 300.0
MAX_RETRY_AFTER_S = 30  # what we send: the official client obeys it without a cap
OBEYED_RETRY_AFTER_S = 300.0  # what we obey, from whoever sends it

# --- reads ------------------------------------------------------------------------------
MAX_PAGE = 1_000  # rows of a listing
MAX_CONSOLE_PAGE = 10_000  # console lines of one page, or hits of one search
MAX_SERIES_POINTS = 2_000_000  # points of one series answer, all series together
MAX_SERIES = 10_000  # series of one answer: runs × keys
MAX_SERIES_GROUPS = 200  # groups of one answer: no chart shows more lines apart
MAX_SERIES_WIDTH_PX = 4_000  # buckets of one series
MAX_STATEMENT_S = 10.0  # one SQL read
MAX_FILTER_CHARS = 8_192  # a filter expression: longer than any address line
MAX_FILTER_TOKENS = 1_000  # … its words, so that compiling stays below a millisecond
MAX_FILTER_DEPTH = 32  # … its parentheses and ``not``s
MAX_PATTERN_CHARS = 1_000  # a regular expression
MAX_COMPARED_CHARS = 500  # a document's text as far as it sorts and compares: PostgreSQL indexes up to 2.7 kB
MAX_SORT_KEYS = 8  # keys of one ordering or grouping
MAX_COLUMNS = 500  # columns of one listing
MAX_IDS = 10_000  # run ids in one request
INDEX_RUNS = 10_000  # runs of a project from which on a filtered or sorted key gets an index
MAX_DOCUMENT_INDEXES = 64  # such indexes in all: each costs a little at every change of a run

# --- artifacts --------------------------------------------------------------------------
MAX_MANIFEST_BYTES = 64 * MIB  # read whole at the commit
MAX_ARTIFACT_FILES = 200_000  # paths of one version: written in one transaction within a few seconds
MAX_SMALL_FILE_BYTES = 256 * KIB  # a file of a version up to here may travel with others, and waits in memory
MAX_BUNDLE_BYTES = 4 * MIB  # files that travel together; the request is read whole
MAX_BUNDLE_FILES = 500  # … and how many: they are kept within a tenth of a second
MAX_ARTIFACT_METADATA_BYTES = 10 * MIB  # metadata of one version as JSON; a larger one is a file
MAX_ARTIFACT_ALIASES = 1_000  # aliases of one call
ARTIFACT_CACHE_BYTES = 20 * 1024 * MIB  # artifact bytes kept in a user's cache; what was used longest ago goes first
ARTIFACT_WAIT_S = 600.0  # artifact.wait() without a timeout of its own

# --- stores -----------------------------------------------------------------------------
MAX_FILE_BYTES = 5 * 1024**4  # one blob: S3's own limit
DISK_RESERVE_FRACTION = 0.05  # writes stop here so that reads stay possible
DISK_RESERVE_BYTES = 1024 * MIB  # … or here, whichever is larger
SIGNED_URL_S = 24 * 3600  # life of an issued byte URL
SEAL_ROWS = 65_536  # rows of a run's tail that become a segment
SEAL_BYTES = 4 * MIB  # … or packed bytes of it
SEAL_KEYS = 20_000  # keys of one segment, about: what is held per key while it is made stays below 100 MB
SEAL_CHUNKS = 512  # … or chunks, which a chart reads one by one
SEAL_IDLE_S = 60.0  # … or silence after which a tail is sealed
SEAL_IDLE_ROWS = 1_024  # … if it has this many rows: fewer cost less in the catalog than in a file of their own
PYRAMID_LEVELS = (16, 256, 4096)  # points a block of each level covers
SEGMENT_SWEEP_S = 3_600.0  # age of a segment file that no row names: readers of a replaced one are done by then
PYRAMID_MIN_POINTS = 1_024  # numbers of a key in a segment up to which the catalog keeps them as they are
EXPORT_KEPT_S = 24 * 3600  # an exported history nobody asked for: as long as its address lives
EXPORTS_BYTES = 20 * 1024 * MIB  # … all of them together
MAX_HELD_CHUNKS = 1_000  # chunks of one writer that wait behind a gap

# --- liveness ---------------------------------------------------------------------------
CRASHED_AFTER_S = 300.0  # silence after which a running run is called crashed
HEARTBEAT_S = 15.0  # our companion says it is alive at least this often
LIVE_NOTICE_S = 0.25  # SSE notices of one run are merged to at most four a second

# --- client side ------------------------------------------------------------------------
DURABLE_EVERY_S = 2.0  # the companion's fdatasync; power loss costs at most 5 s
SEND_EVERY_S = 0.5  # a batch leaves at least this often while there is something to send
MAX_SEND_BYTES = 1 * MIB  # journal bytes of one file_stream request; decoded they are tenfold in memory
MAX_ANSWER_BYTES = 32 * MIB  # an answer to a request of ours, listings included; streams are not bounded
SUMMARY_EVERY_S = 1.0  # a changed summary, and other facts of the run, leave at most this often
SYSTEM_METRICS_EVERY_S = 10.0  # the companion's sampling of CPU, memory, disk, network, GPU
LIVE_FILE_EVERY_S = 10.0  # a file with policy "live" is looked at this often
STATUS_EVERY_S = 0.2  # sync/status.json is rewritten at most five times a second
FINISH_WAIT_S = 5.0  # finish() waits this long for delivery, then says what is left
LATE_SERVER_S = 600.0  # the companion tries this long after the trainer is gone
ASK_TIMEOUT_S = 10.0  # the SDK's few questions to a server
IDLE_ANSWER_S = 30.0  # a server that accepts and never answers
RETRY_FIRST_S = 1.0
RETRY_MAX_S = 60.0
RETRY_MAX_LOCAL_S = 5.0  # for a server on this machine: a refused connection there costs nobody anything
MEMORY_QUEUE_BYTES = 64 * MIB  # rows held in memory while the disk refuses them
