# What the scripts check_*.R share: golden values, and how they are compared with what R says. Sourced by them, with `here` the folder.

read_golden <- function(name) read.csv(file.path(here, paste0(name, ".csv")), na.strings = "", stringsAsFactors = FALSE)

TOLERANCE <- 1e-10

failed <- FALSE
seen <- list()

# Relative to the larger of 1 and the golden value. NA says that there is no such figure; R and the library may differ in where that is.
compare <- function(table, figure, golden, theirs) {
  stopifnot(length(golden) == length(theirs), length(golden) > 0)
  there <- !is.na(golden) & is.finite(theirs)
  off <- abs(golden[there] - theirs[there]) / pmax(1, abs(golden[there]))
  key <- paste(table, figure)
  before <- if (is.null(seen[[key]])) list(table = table, figure = figure, count = 0, worst = 0) else seen[[key]]
  before$count <- before$count + sum(there)
  before$worst <- max(before$worst, off)
  seen[[key]] <<- before
  if (any(off > TOLERANCE)) failed <<- TRUE
}

# Prints what was compared; an error when anything differs.
finish <- function() {
  for (row in seen) {
    cat(sprintf("%-28s %-16s %5d figures, off by %.1e at most%s\n", row$table, row$figure, row$count, row$worst,
                if (row$worst > TOLERANCE) "  DIFFERENT" else ""))
  }
  if (failed) quit(status = 1)
}
