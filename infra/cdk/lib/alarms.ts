import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { FunctionName } from './functions';

/** One alarm on Rekindle itself. Its name will be `PREFIX-self-NAME`, which the rule for alarms leaves out. */
export interface SelfAlarm {
  readonly name: string;
  /** What it means and what to do first: the mail repeats it, and names the runbook. */
  readonly description: string;
  /** Name of its runbook. */
  readonly runbook: string;
  readonly metric: cloudwatch.IMetric;
  readonly comparison: cloudwatch.ComparisonOperator;
  readonly threshold: number;
  readonly periods: number;
  readonly missing: cloudwatch.TreatMissingData;
}

/** What the alarms look at. */
export interface Watched {
  readonly prefix: string;
  readonly functionNames: Record<FunctionName, string>;
  readonly undeliveredQueueName: string;
  readonly failedQueueName: string;
}

const { GREATER_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } =
  cloudwatch.ComparisonOperator;
const { NOT_BREACHING, BREACHING, IGNORE } = cloudwatch.TreatMissingData;

/** The alarms on Rekindle itself, in the order in which `infra/README.md` explains them. */
export function selfAlarms(watched: Watched): SelfAlarm[] {
  return [
    queueNotEmpty(
      'undelivered',
      watched.undeliveredQueueName,
      'EventBridge or Scheduler could not hand an event to a function. The event is in the queue `undelivered`. First: read the ' +
        'reason in the attributes of its newest message. It is usually a permission, or a function that is gone.',
    ),
    queueNotEmpty(
      'failed',
      watched.failedQueueName,
      'A function gave an event up, after its retries. The event and the error are in the queue `failed`. First: read `errorType` ' +
        "in its newest message. Retryable: send the event again. BadEvent: correct it. Bug: look at the model's row.",
    ),
    errors(
      watched,
      'on-schedule',
      Duration.minutes(15),
      'on-schedule failed three times or more within 15 minutes. Lambda tries again, and what fails for good is in the queue ' +
        '`failed`. First: read the newest lines with `error_type` in the log of on-schedule.',
    ),
    errors(
      watched,
      'on-alarm',
      Duration.minutes(15),
      'on-alarm failed three times or more within 15 minutes. Lambda tries again, and what fails for good is in the queue ' +
        '`failed`. First: read the newest lines with `error_type` in the log of on-alarm.',
    ),
    errors(
      watched,
      'on-training-end',
      Duration.minutes(15),
      'on-training-end failed three times or more within 15 minutes. Lambda tries again, and the sweep closes the same runs. ' +
        'First: read the newest lines with `error_type` in the log of on-training-end.',
    ),
    // A sweep has two attempts. Three errors are more than one sweep can make, and two failed sweeps make four. The
    // hour slides, so it holds any two sweeps in a row of the default rate.
    errors(
      watched,
      'on-metric-check',
      Duration.hours(1),
      'on-metric-check failed three times or more within an hour, so in two sweeps at least. What fails for good is in the queue ' +
        '`failed`. First: read the newest lines with `error_type` in the log of on-metric-check.',
    ),
    // Neither for the sweep, which is throttled by design when one sweep outlasts the rate, nor for the ends of jobs,
    // which queue up behind their reserved concurrency.
    throttles(watched, 'on-schedule'),
    throttles(watched, 'on-alarm'),
    {
      name: 'sweep-silent',
      description:
        'No sweep was finished for three hours. Until one is, pending starts wait and lost events stay lost. First: see whether the ' +
        'schedule `sweep` is enabled, then whether on-metric-check times out in its log.',
      runbook: 'sweep-silent',
      // Our own metric, written when a sweep has come to its end. Lambda's count of invocations would take a sweep that
      // times out for a sweep. A sum, since a turn that is no sweep reports 0.
      metric: own(watched, 'Sweeps', 'Sum', Duration.hours(1)),
      comparison: LESS_THAN_THRESHOLD,
      threshold: 1,
      periods: 3,
      // Without a turn nothing is reported at all: here silence is the fault.
      missing: BREACHING,
    },
    found(
      watched,
      'blind-too-long',
      'BlindTooLong',
      'For too long nobody could tell whether some model is well: what its policy asks for is missing, late or cannot be read, and ' +
        'so it starts nothing. First: search the log of on-metric-check for `blind_too_long_since`. The sentence in that line names ' +
        'what cannot be read.',
    ),
    found(
      watched,
      'silent-sources',
      'SilentSources',
      'A metric that some policy names has never had a data point, so nothing will ever start because of it. First: search the log ' +
        'of on-metric-check for `silent`, and compare namespace, name and dimensions with what is published.',
    ),
    found(
      watched,
      'given-up',
      'GivenUpModels',
      'Trainings of some model failed, did not help or were refused so often that no other is started until a person says so. ' +
        'First: look at the failures of its newest runs in the ledger. When the cause is gone, invoke on-alarm with `close_breaker`.',
    ),
    found(
      watched,
      'held-by-budget',
      'HeldByBudget',
      'Some model should be trained and its budget is used up. First: decide whether it can wait for the next span. If not, raise ' +
        'the budget in its policy, or invoke on-alarm with `retrain` and `ignore_budget`.',
    ),
    found(
      watched,
      'disabled-rules',
      'DisabledRules',
      'A rule of this stack is switched off or gone, so what it forwards wakes nobody. First: look for `disabled_rules` in the log ' +
        'of on-metric-check, and enable the rule in EventBridge. The stack switches rules off by its parameters only.',
    ),
    {
      ...found(
        watched,
        'models-failed',
        'FailedModels',
        'For six hours, turns about some model have come to nothing: its ledger cannot be read or written, or its start was refused ' +
          'or not settled. First: run the saved query `undecided`, or search the logs for `FailedModels`. The sentence and the ' +
          'outcome in that line say which model it is and what stands in the way.',
      ),
      // A throttled read mends itself at the next sweep; six hours of it do not.
      periods: 2,
    },
    {
      name: 'unannounced',
      description:
        'The bus did not take an announcement. What was decided stands, a later turn says it again, and whoever listens hears it ' +
        'late. First: see in the log of the function whether it may still put events on the bus, and whether the bus is there.',
      runbook: 'unannounced',
      metric: own(watched, 'Unannounced', 'Sum', Duration.hours(1)),
      comparison: GREATER_THAN_THRESHOLD,
      threshold: 0,
      periods: 1,
      missing: NOT_BREACHING,
    },
  ];
}

/** One failure is not worth a call: Lambda tries again, and what is lost for good raises `failed`. */
function errors(watched: Watched, name: FunctionName, period: Duration, description: string): SelfAlarm {
  return {
    name: `errors-${name}`,
    description,
    runbook: 'errors',
    metric: ofFunction(watched, name, 'Errors', period),
    comparison: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 3,
    periods: 1,
    missing: NOT_BREACHING,
  };
}

function throttles(watched: Watched, name: FunctionName): SelfAlarm {
  return {
    name: `throttles-${name}`,
    description:
      `The account had no Lambda concurrency left for ${name}. Its events wait for up to six hours, then they go to the queue ` +
      "`failed`. First: see in Lambda's account dashboard which function uses it up.",
    runbook: 'throttles',
    metric: ofFunction(watched, name, 'Throttles', Duration.minutes(15)),
    comparison: GREATER_THAN_THRESHOLD,
    threshold: 0,
    periods: 2,
    missing: NOT_BREACHING,
  };
}

function queueNotEmpty(name: string, queueName: string, description: string): SelfAlarm {
  return {
    name,
    description,
    runbook: name,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensionsMap: { QueueName: queueName },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    }),
    comparison: GREATER_THAN_THRESHOLD,
    threshold: 0,
    periods: 1,
    missing: NOT_BREACHING,
  };
}

/**
 * What each sweep finds: 1 for a model where it is so, else 0; of the rules, how many. Three hours hold a sweep at
 * every rate that is allowed, so an alarm does not go out between two of them. Without a sweep it stays as it is:
 * `sweep-silent` says the rest.
 */
function found(watched: Watched, name: string, metricName: string, description: string): SelfAlarm {
  return {
    name,
    description,
    runbook: name,
    metric: own(watched, metricName, 'Maximum', Duration.hours(3)),
    comparison: GREATER_THAN_THRESHOLD,
    threshold: 0,
    periods: 1,
    missing: IGNORE,
  };
}

function ofFunction(watched: Watched, name: FunctionName, metricName: string, period: Duration): cloudwatch.Metric {
  const dimensionsMap = { FunctionName: watched.functionNames[name] };
  return new cloudwatch.Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap, statistic: 'Sum', period });
}

function own(watched: Watched, metricName: string, statistic: string, period: Duration): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'Rekindle',
    metricName,
    dimensionsMap: { Stack: watched.prefix },
    statistic,
    period,
  });
}
