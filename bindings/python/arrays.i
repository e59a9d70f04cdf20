/* Python: typed PEP 3118 buffers without copying and without NumPy at build time, exceptions, the lock, progress and Ctrl-C. */
%{
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- columns ---------------------------------------------------------------------------------------------------------------- */

static const char *const element_names[] = {"int64", "float64", "uint8 or bool"};
enum element { ELEMENT_INT, ELEMENT_DOUBLE, ELEMENT_BYTE };

/* Is the buffer's element what is wanted, in the byte order of this machine? */
static int matches_element(const Py_buffer *view, enum element element)
{
    const char *f = view->format ? view->format : "B";
    const uint16_t probe = 1;
    const char native = *(const char *)&probe ? '<' : '>';
    if (*f == '@' || *f == '=' || *f == native)
        f++;
    if (!f[0] || f[1])
        return 0;
    if (element == ELEMENT_BYTE)
        return view->itemsize == 1 && (*f == 'B' || *f == '?');
    return view->itemsize == 8 && (element == ELEMENT_INT ? (*f == 'q' || *f == 'l') : *f == 'd');
}

/* Takes a buffer; 0, or -1 with a Python exception that names the argument. */
static int take_buffer(PyObject *object, Py_buffer *view, enum element element, int writable, const char *function,
                       const char *name)
{
    int flags = PyBUF_FORMAT | PyBUF_ND | PyBUF_STRIDES | (writable ? PyBUF_WRITABLE : 0);
    memset(view, 0, sizeof *view);
    if (!PyObject_CheckBuffer(object)) {
        PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__name__");
        PyErr_Format(PyExc_TypeError, "%s(): %s must be an array of %s, not %S", function, name, element_names[element],
                     type ? type : Py_None);
        Py_XDECREF(type);
        return -1;
    }
    if (PyObject_GetBuffer(object, view, flags) < 0) {
        view->obj = NULL;
        if (PyErr_ExceptionMatches(PyExc_MemoryError))
            return -1;
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "%s(): %s must be a%s array of %s; this object does not give its memory as one", function,
                     name, writable ? " writable" : "n", element_names[element]);
        return -1;
    }
    if (!matches_element(view, element))
        PyErr_Format(PyExc_TypeError, "%s(): %s must be an array of %s in native byte order, not of '%s'", function, name,
                     element_names[element], view->format ? view->format : "B");
    else if (view->ndim != 1)
        PyErr_Format(PyExc_ValueError, "%s(): %s must have one dimension, not %d", function, name, view->ndim);
    else if (view->shape[0] > 1 && view->strides && view->strides[0] != view->itemsize)
        PyErr_Format(PyExc_ValueError, "%s(): %s must be contiguous; its stride is %zd bytes", function, name, view->strides[0]);
    else if (view->shape[0] > 0 && ((uintptr_t)view->buf & (uintptr_t)(view->itemsize - 1)) != 0)
        PyErr_Format(PyExc_ValueError, "%s(): %s must be aligned to %zd bytes", function, name, view->itemsize);
    else
        return 0;
    PyBuffer_Release(view);
    view->obj = NULL;
    return -1;
}

/* An empty column is not a missing one. */
static const double nothing[1] = {0.0};

/* The same for a column that must not change while other threads run: the library gets a copy of its own. */
static int keep_buffer(PyObject *object, Py_buffer *view, void **copy, enum element element, const char *function, const char *name)
{
    size_t bytes;
    if (take_buffer(object, view, element, 0, function, name) < 0)
        return -1;
    bytes = (size_t)view->shape[0] * (size_t)view->itemsize;
    if (bytes > 0) {
        *copy = malloc(bytes);
        if (!*copy) {
            PyErr_NoMemory();
            return -1;
        }
        memcpy(*copy, view->buf, bytes);
    }
    return 0;
}

/* The caller gives the memory of output columns: only its length is to be checked. */
static void *retain_provide(retain_context *ctx, void *data, size_t *count, int wanted, size_t width, const char *name, void **owner,
                            size_t rows, int at_most)
{
    (void)width;
    (void)owner;
    if (wanted && !at_most && *count != rows)
        refuse(ctx, "%s has %zu rows; it needs %zu", name, *count, rows);
    return wanted ? data : NULL;
}

static void retain_trim(void *data, size_t *count, size_t width, void **owner, size_t rows)
{
    (void)data;
    (void)width;
    (void)owner;
    *count = rows;
}

/* --- how to run --------------------------------------------------------------------------------------------------------------- */

/* What belongs to one call beside its context: found through ctx->progress_user. */
typedef struct python_run {
    PyObject *progress;    /* borrowed from the arguments, or NULL */
    PyThreadState *thread; /* of the calling thread while the library runs without Python's lock */
    double looked;         /* when Python was last looked at, in seconds */
    size_t memory_limit, memory_used;
    int low_memory;
} python_run;

static double read_clock(void)
{
    struct timespec now;
    if (timespec_get(&now, TIME_UTC) != TIME_UTC)
        return 0.0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void retain_unlock(retain_context *ctx)
{
    ((python_run *)ctx->progress_user)->thread = PyEval_SaveThread();
}

static void retain_lock(retain_context *ctx)
{
    PyEval_RestoreThread(((python_run *)ctx->progress_user)->thread);
}

static int retain_is_low_on_memory(const retain_context *ctx)
{
    return ((const python_run *)ctx->progress_user)->low_memory;
}

/* The library's progress callback. Taking Python's lock can cost milliseconds when other threads are busy, so it is done at most every twentieth of
 * a second, and at the end: often enough for Ctrl-C and for a progress bar. */
static int tell_progress(void *user, double fraction)
{
    python_run *run = user;
    double now = read_clock();
    int stop;
    if (fraction < 1.0 && now >= run->looked && now - run->looked < 0.05)
        return 0;
    PyEval_RestoreThread(run->thread);
    stop = PyErr_CheckSignals() != 0;
    if (!stop && run->progress) {
        PyObject *answer = PyObject_CallFunction(run->progress, "d", fraction);
        stop = answer ? PyObject_IsTrue(answer) != 0 : 1;
        Py_XDECREF(answer);
    }
    run->thread = PyEval_SaveThread();
    run->looked = read_clock();
    return stop;
}

/* Scratch memory up to a limit. */
static void *allocate_within(void *user, void *old, size_t old_size, size_t new_size)
{
    python_run *run = user;
    void *block;
    if (new_size == 0) {
        free(old);
        run->memory_used -= old_size;
        return NULL;
    }
    if (new_size > old_size && new_size - old_size > run->memory_limit - run->memory_used)
        return NULL;
    block = realloc(old, new_size);
    if (block)
        run->memory_used = run->memory_used - old_size + new_size;
    return block;
}

/* Raises what the package's errors.py makes of an outcome. An exception of the progress callback or Ctrl-C goes first. */
static void raise_outcome(const retain_context *ctx)
{
    PyObject *module, *error = NULL, *row;
    if (PyErr_Occurred())
        return;
    module = PyImport_ImportModule("retain.errors");
    if (!module)
        return;
    row = ctx->row == RETAIN_NO_ROW ? Py_NewRef(Py_None) : PyLong_FromSize_t(ctx->row);
    if (row)
        error = PyObject_CallMethod(module, "from_status", "iOs", (int)ctx->status, row, ctx->error);
    if (error)
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(row);
    Py_XDECREF(error);
    Py_DECREF(module);
}

/* --- records ------------------------------------------------------------------------------------------------------------------- */

static PyObject *make_list(const double *values, size_t length)
{
    PyObject *list = PyList_New((Py_ssize_t)length);
    for (size_t i = 0; list && i < length; i++) {
        PyObject *value = PyFloat_FromDouble(values[i]);
        if (!value)
            Py_CLEAR(list);
        else
            (void)PyList_SetItem(list, (Py_ssize_t)i, value);
    }
    return list;
}

static PyObject *make_dict(const record *from)
{
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict && i < from->count; i++) {
        PyObject *value = NULL;
        switch (from->field[i].kind) {
        case RECORD_WHOLE:
            value = PyLong_FromLongLong((long long)from->field[i].whole);
            break;
        case RECORD_NUMBER:
            value = PyFloat_FromDouble(from->field[i].number);
            break;
        case RECORD_NUMBERS:
            value = make_list(from->numbers + from->field[i].first, from->field[i].length);
            break;
        case RECORD_TEXT:
            value = PyUnicode_FromString(from->field[i].text);
            break;
        }
        if (!value || PyDict_SetItemString(dict, from->field[i].name, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
    }
    return dict;
}

/* --- scalars ------------------------------------------------------------------------------------------------------------------- */

/* Real numbers: anything with __float__ or __index__ that is no text and no bool; 0, or -1 with an exception. */
static int take_double(PyObject *object, double *into, const char *function, const char *name)
{
    if (!PyBool_Check(object)) {
        *into = PyFloat_AsDouble(object);
        if (!PyErr_Occurred())
            return 0;
        if (PyErr_ExceptionMatches(PyExc_MemoryError) || PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
            return -1;
        PyErr_Clear();
    }
    PyErr_Format(PyExc_TypeError, "%s(): %s must be a number, not %R", function, name, object);
    return -1;
}

/* Whole numbers: anything with __index__ that is no bool. A new reference to an int, or NULL with an exception. */
static PyObject *take_index(PyObject *object, const char *function, const char *name)
{
    PyObject *index = PyBool_Check(object) ? NULL : PyNumber_Index(object);
    if (!index) {
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "%s(): %s must be a whole number, not %R", function, name, object);
    }
    return index;
}

/* A number beyond what the library can take is refused as the library refuses one: by the name that the caller knows. */
static void refuse_range(const char *name, const char *low, const char *high)
{
    retain_context ctx = {0};

    PyErr_Clear();
    ctx.status = RETAIN_ERROR_ARGUMENT;
    ctx.row = RETAIN_NO_ROW;
    PyOS_snprintf(ctx.error, sizeof ctx.error, "%s is too large or too small; it must lie in [%s, %s]", name, low, high);
    raise_outcome(&ctx);
}

static int take_whole(PyObject *object, long long *into, long long low, long long high, const char *function, const char *name)
{
    PyObject *index = take_index(object, function, name);
    if (!index)
        return -1;
    *into = PyLong_AsLongLong(index);
    Py_DECREF(index);
    if (PyErr_Occurred() || *into < low || *into > high) {
        char least[24], most[24];

        PyOS_snprintf(least, sizeof least, "%lld", low);
        PyOS_snprintf(most, sizeof most, "%lld", high);
        refuse_range(name, least, most);
        return -1;
    }
    return 0;
}

static int take_unsigned(PyObject *object, unsigned long long *into, const char *function, const char *name)
{
    PyObject *index = take_index(object, function, name);
    if (!index)
        return -1;
    *into = PyLong_AsUnsignedLongLong(index);
    Py_DECREF(index);
    if (PyErr_Occurred()) {
        refuse_range(name, "0", "2^64 - 1");
        return -1;
    }
    return 0;
}
/* --- how to run, from Python ------------------------------------------------------------------------------------------------- */

/* None, or (threads, progress or None, most bytes of scratch or None, whether logs are read with little scratch). */
static int take_run(PyObject *object, retain_context *ctx, python_run *run, const char *function)
{
    PyObject *item[4] = {NULL, Py_None, Py_None, Py_False};
    Py_ssize_t count = PyTuple_Check(object) ? PyTuple_Size(object) : 0;
    long long value;
    memset(run, 0, sizeof *run);
    ctx->progress = tell_progress;
    ctx->progress_user = run;
    run->looked = read_clock();
    if (object == Py_None)
        return 0;
    if (count < 1 || count > 4) {
        PyErr_Format(PyExc_TypeError, "%s(): ctx must be None or a tuple (threads, progress, memory, low_memory)", function);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        item[i] = PyTuple_GetItem(object, i);
    if (take_whole(item[0], &value, 0, INT_MAX, function, "threads of ctx") < 0)
        return -1;
    ctx->threads = (int)value;
    if (item[1] != Py_None) {
        if (!PyCallable_Check(item[1])) {
            PyErr_Format(PyExc_TypeError, "%s(): progress of ctx must be callable or None, not %R", function, item[1]);
            return -1;
        }
        run->progress = item[1];
    }
    if (item[2] != Py_None) {
        if (take_whole(item[2], &value, 0, PTRDIFF_MAX, function, "memory of ctx") < 0)
            return -1;
        run->memory_limit = (size_t)value;
        ctx->allocate = allocate_within;
        ctx->allocate_user = run;
    }
    if (!PyBool_Check(item[3])) {
        PyErr_Format(PyExc_TypeError, "%s(): low_memory of ctx must be True or False, not %R", function, item[3]);
        return -1;
    }
    run->low_memory = item[3] == Py_True;
    return 0;
}
%}

/* SWIG runs arginit for every argument before the first `in`, and freearg for all of them on failure, those included that were never converted. */
%define RETAIN_IN(TYPE, ELEMENT)
%typemap(arginit) TYPE { view$argnum.obj = NULL; }
%typemap(in) TYPE (Py_buffer view) {
    $1.name = "$1_name";
    $1.data = NULL;
    $1.count = 0;
    if ($input != Py_None) {
        if (take_buffer($input, &view, ELEMENT, 0, "$symname", "$1_name") < 0) SWIG_fail;
        $1.count = (size_t)view.shape[0];
        $1.data = $1.count ? view.buf : (const void *)nothing;
    }
}
%typemap(freearg) TYPE { if (view$argnum.obj) PyBuffer_Release(&view$argnum); }
%enddef
RETAIN_IN(in_ints, ELEMENT_INT)
RETAIN_IN(in_doubles, ELEMENT_DOUBLE)
RETAIN_IN(in_bytes, ELEMENT_BYTE)

%define RETAIN_KEPT(TYPE, ELEMENT)
%typemap(arginit) TYPE { view$argnum.obj = NULL; copy$argnum = NULL; }
%typemap(in) TYPE (Py_buffer view, void *copy) {
    $1.name = "$1_name";
    $1.data = NULL;
    $1.count = 0;
    if ($input != Py_None) {
        if (keep_buffer($input, &view, &copy, ELEMENT, "$symname", "$1_name") < 0) SWIG_fail;
        $1.count = (size_t)view.shape[0];
        $1.data = $1.count ? copy : (const void *)nothing;
    }
}
%typemap(freearg) TYPE { if (view$argnum.obj) PyBuffer_Release(&view$argnum); free(copy$argnum); }
%enddef
RETAIN_KEPT(in_keys, ELEMENT_INT)
RETAIN_KEPT(in_counts, ELEMENT_DOUBLE)
RETAIN_KEPT(in_flags, ELEMENT_BYTE)

%define RETAIN_OUT(TYPE, ELEMENT)
%typemap(arginit) TYPE * { view$argnum.obj = NULL; }
%typemap(in) TYPE * (Py_buffer view, TYPE out) {
    memset(&out, 0, sizeof out);
    out.name = "$1_name";
    if ($input != Py_None) {
        if (take_buffer($input, &view, ELEMENT, 1, "$symname", "$1_name") < 0) SWIG_fail;
        out.wanted = 1;
        out.count = (size_t)view.shape[0];
        out.data = out.count ? view.buf : (void *)nothing;
    }
    $1 = &out;
}
%typemap(freearg) TYPE * { if (view$argnum.obj) PyBuffer_Release(&view$argnum); }
%enddef
RETAIN_OUT(out_ints, ELEMENT_INT)
RETAIN_OUT(out_doubles, ELEMENT_DOUBLE)
RETAIN_OUT(out_bytes, ELEMENT_BYTE)

%typemap(in) retain_context *ctx (retain_context context = RETAIN_CONTEXT_INIT, python_run run) {
    if (take_run($input, &context, &run, "$symname") < 0) SWIG_fail;
    $1 = &context;
}
%typemap(argout) retain_context *ctx {
    if ($1->status != RETAIN_OK) {
        raise_outcome($1);
        Py_CLEAR($result);
        SWIG_fail;
    }
}

%typemap(in, numinputs=0) record * (record handed) {
    handed.count = handed.numbers_used = handed.texts_used = 0;
    $1 = &handed;
}
%typemap(argout) record * {
    Py_XDECREF($result);
    $result = make_dict($1);
    if (!$result) SWIG_fail;
}

%typemap(in) double { if (take_double($input, &$1, "$symname", "$1_name") < 0) SWIG_fail; }
%typemap(in) int (long long whole) {
    if (take_whole($input, &whole, INT_MIN, INT_MAX, "$symname", "$1_name") < 0) SWIG_fail;
    $1 = (int)whole;
}
%typemap(in) int64_t (long long whole) {
    if (take_whole($input, &whole, INT64_MIN, INT64_MAX, "$symname", "$1_name") < 0) SWIG_fail;
    $1 = (int64_t)whole;
}
%typemap(in) uint64_t (unsigned long long whole) {
    if (take_unsigned($input, &whole, "$symname", "$1_name") < 0) SWIG_fail;
    $1 = (uint64_t)whole;
}
