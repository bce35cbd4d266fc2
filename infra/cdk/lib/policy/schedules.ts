import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { RekindlePolicy } from '../../generated/policy';
import { Home } from '../home';
import { placed } from './models';

/** Makes the schedules that a policy's triggers name as `rule`. */
export function policySchedules(
  scope: Construct,
  source: string,
  policy: RekindlePolicy,
  home: Home,
  triggers: string[],
): Record<string, scheduler.CfnSchedule> {
  const made: Record<string, scheduler.CfnSchedule> = {};
  for (const name of triggers) {
    const refuse = (why: string): never => {
      throw new Error(`${source}: no schedule can be made for trigger \`${name}\`. ${why}`);
    };
    const trigger = policy.triggers[name] ?? refuse(`The policy has only ${Object.keys(policy.triggers).join(', ')}.`);
    const expression = trigger.schedule ?? refuse('It has no `schedule`: name a trigger that has one.');
    const rule = trigger.rule ?? refuse('It has no `rule`: give it one, which becomes the name of the schedule.');
    const roleArn =
      home.scheduleRoleArn ??
      refuse('Give `scheduleRoleArn` to `Rekindle.fromAttributes`: it is the output `ScheduleRoleArn`.');

    for (const [scheduleName, models] of placed(policy, rule)) {
      if (scheduleName === `${home.prefix}-weekly`) {
        refuse(`\`${scheduleName}\` is a rule of the stack itself: switch it on there, or name another.`);
      }
      if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(scheduleName)) {
        refuse(
          `Its \`rule\` gives the name \`${scheduleName}\`: Scheduler takes letters, digits and \`-_.\`, 64 at most.`,
        );
      }
      made[scheduleName] = new scheduler.CfnSchedule(scope, `schedule-${scheduleName}`, {
        name: scheduleName,
        groupName: home.scheduleGroupName,
        description: `Tick of trigger ${name}, for Rekindle.`,
        // The same as in the policy: Rekindle evaluates it as well, and catches up what never came.
        scheduleExpression: expression,
        scheduleExpressionTimezone: trigger.timezone ?? 'UTC',
        startDate: trigger.from ?? undefined,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: home.onScheduleArn,
          roleArn,
          // The words in angle brackets are filled in by Scheduler. Without the time, a repeated delivery would be a
          // new tick.
          input: JSON.stringify({
            rekindle: 'scheduled',
            trigger: name,
            models,
            schedule: '<aws.scheduler.schedule-arn>',
            scheduled_time: '<aws.scheduler.scheduled-time>',
          }),
          // As the rules of the stack do.
          retryPolicy: { maximumEventAgeInSeconds: 21600, maximumRetryAttempts: 185 },
          deadLetterConfig: { arn: home.undeliveredQueueArn },
        },
      });
    }
  }
  return made;
}
