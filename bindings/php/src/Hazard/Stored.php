<?php

declare(strict_types=1);

namespace Retain\Hazard;

use Retain\Exception\ArgumentException;
use Retain\Hazard;
use Retain\LogisticStored;
use Retain\LogisticVerdict;
use Retain\Stored as Model;

/**
 * Discrete-time hazards as plain numbers (docs/stored-models.md).
 *
 * @internal
 */
final class Stored
{
    private const FAMILY = 'hazard';
    private const MOST_PERIODS = 1_000_000;

    /** What a report stores: its properties by key. */
    private const COLUMNS = [
        'standard_error' => 'standardError',
        'low' => 'low',
        'high' => 'high',
        'p_value' => 'pValue',
        'scale' => 'scale',
        'ratio' => 'ratio',
    ];
    private const NUMBERS = [
        'customers' => 'customers',
        'periods' => 'periods',
        'events' => 'events',
        'log_likelihood' => 'logLikelihood',
        'null_log_likelihood' => 'nullLogLikelihood',
        'objective' => 'objective',
        'gradient_norm' => 'gradientNorm',
        'degrees' => 'degrees',
    ];

    private static function check(int $g, Group $group): void
    {
        if ($group->until > self::MOST_PERIODS) {
            throw new ArgumentException("groups[$g].until is $group->until; it must be at most " . self::MOST_PERIODS, 1);
        }
        if (abs($group->baseline) > 1e100) {
            throw new ArgumentException("groups[$g].baseline is " . Model::shown($group->baseline) . '; it must be at most 1e100 in size', 1);
        }
        foreach (['at_risk' => $group->atRisk, 'events' => $group->events] as $name => $value) {
            if ($value < 0.0) {
                throw new ArgumentException("groups[$g].$name is " . Model::shown($value) . '; it must be at least 0', 1);
            }
        }
        if ($group->events > $group->atRisk * (1.0 + 1e-9)) {
            [$events, $atRisk] = [Model::shown($group->events), Model::shown($group->atRisk)];
            throw new ArgumentException("groups[$g].events is $events; it must be at most groups[$g].at_risk, $atRisk", 1);
        }
    }

    /** @return array<string, mixed> */
    public static function write(Hazard $model, bool $named): array
    {
        return [
            'format' => Model::FORMAT,
            'version' => Model::VERSION,
            'family' => self::FAMILY,
            'link' => $model->link->stored(),
            'groups' => array_map(static fn (Group $group): array => [
                'until' => $group->until,
                'baseline' => Model::number($group->baseline),
                'at_risk' => Model::number($group->atRisk),
                'events' => Model::number($group->events),
            ], $model->groups),
            'columns' => LogisticStored::writeColumns($model->names(), $model->coefficient, $model->missing, $model->reference),
            'named' => $named,
            'fit' => LogisticStored::writeFit($model->report, self::COLUMNS, self::NUMBERS),
        ];
    }

    /**
     * Arguments of the constructor.
     *
     * @return array<string, mixed>
     */
    public static function read(mixed $given): array
    {
        [$stored] = Model::open($given, [self::FAMILY]);
        $links = array_combine(array_map(static fn (Link $link): string => $link->stored(), Link::cases()), Link::cases());
        $link = $links[$stored->text('link', array_keys($links))];
        $groups = [];
        foreach ($stored->parts('groups') as $g => $group) {
            $first = $groups === [] ? 1 : $groups[$g - 1]->until + 1;
            $until = $group->whole('until');
            if ($until < $first) {
                throw new ArgumentException("groups[$g].until is $until; it must be above that of the group before", 1);
            }
            $groups[] = new Group($first, $until, $group->parameter('baseline'), $group->known('at_risk'), $group->known('events'));
            self::check($g, $groups[$g]);
            $group->done();
        }
        $least = $stored->isOpen() ? 0 : 1; // a fit to nobody has no groups
        if (count($groups) < $least || count($groups) > 256) {
            throw new ArgumentException('groups has ' . count($groups) . " entries; it must have $least to 256", 1);
        }
        $columns = LogisticStored::readColumns($stored);
        $named = $stored->yesOrNo('named');
        $entries = Report::entries(array_column($groups, 'until'), array_map('strval', array_keys($columns['coefficients'])));
        $fit = LogisticStored::readFit($stored->found(Model::PROBABILITIES), $entries, self::COLUMNS, self::NUMBERS);
        $stored->done();
        return [
            'link' => $link,
            'groups' => $groups,
            'coefficient' => $columns['coefficients'],
            'missing' => $columns['missing'],
            'reference' => $columns['reference'],
            'report' => new Report(...['verdict' => LogisticVerdict::from($fit['verdict'])] + $fit),
            'named' => $named,
        ];
    }
}
