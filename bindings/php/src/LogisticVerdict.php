<?php

declare(strict_types=1);

namespace Retain;

/** How the fit of a logistic regression ended. */
enum LogisticVerdict: string
{
    /** The optimum: the only success. */
    case Converged = 'converged';
    /** Predictors tell every outcome apart. */
    case Separated = 'separated';
    /** They do so for some rows, and say nothing of the others. */
    case QuasiSeparated = 'quasi-separated';
    /** A column is a combination of others. */
    case Collinear = 'collinear';
    /** All outcomes are alike. */
    case OneClass = 'one class';
    /** No more rows than coefficients, and no penalty. */
    case TooLittleData = 'too little data';
    /** Iterations ran out, or numbers are beyond arithmetic. */
    case Stopped = 'stopped';
}
