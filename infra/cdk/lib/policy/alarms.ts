import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { RekindlePolicy } from '../../generated/policy';
import { Home } from '../home';
import { placed } from './models';

/** An alarm that a policy names: everything but the name. */
export type PolicyAlarm = Omit<cloudwatch.AlarmProps, 'alarmName'>;

/** What the alarm of a trigger watches; of one model, where the name of the alarm has `{model}`. By trigger. */
export type PolicyAlarms = Record<string, PolicyAlarm | ((model: string) => PolicyAlarm)>;

/** Makes the alarms that a policy's triggers name. EventBridge hears of them by itself, so they need no action. */
export function policyAlarms(
  scope: Construct,
  source: string,
  policy: RekindlePolicy,
  home: Home,
  wanted: PolicyAlarms,
): Record<string, cloudwatch.Alarm> {
  const made: Record<string, cloudwatch.Alarm> = {};
  for (const [name, settings] of Object.entries(wanted)) {
    const refuse = (why: string): never => {
      throw new Error(`${source}: no alarm can be made for trigger \`${name}\`. ${why}`);
    };
    const trigger = policy.triggers[name] ?? refuse(`The policy has only ${Object.keys(policy.triggers).join(', ')}.`);
    const alarm = trigger.alarm ?? refuse('It has no `alarm`: name a trigger that has one.');
    if (typeof alarm !== 'string') {
      return refuse('It means any alarm of several: make them beside the policy, and tag them as it says.');
    }
    if (alarm.startsWith('arn:')) {
      refuse('It gives the ARN of an alarm, which exists: name it, if it is to be made here.');
    }
    for (const [alarmName, models] of placed(policy, alarm)) {
      if (alarmName.startsWith(`${home.prefix}-self-`)) {
        refuse(
          `\`${alarmName}\` would be taken for an alarm on Rekindle itself, which never wakes it: name it otherwise.`,
        );
      }
      const begins = home.alarmNamePrefix ?? '';
      if (!Token.isUnresolved(begins) && !alarmName.startsWith(begins)) {
        refuse(
          `\`${alarmName}\` would wake nobody: the stack forwards alarms that begin with \`${begins}\`. Name it so, or change \`alarmNamePrefix\`.`,
        );
      }
      const [model, ...others] = models;
      if (typeof settings === 'function' && others.length > 0) {
        refuse(
          `\`${alarmName}\` is one alarm of ${models.join(', ')}: give what it watches, not a function of a model.`,
        );
      }
      const props = typeof settings === 'function' ? settings(model ?? '') : settings;
      made[alarmName] = new cloudwatch.Alarm(scope, `alarm-${alarmName}`, { ...props, alarmName });
    }
  }
  return made;
}
