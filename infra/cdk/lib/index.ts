export { PolicyAlarm, PolicyAlarms } from './policy/alarms';
export { FunctionName, FUNCTIONS, PerFunction, bootstraps } from './functions';
export { Home, RekindleAttributes } from './home';
export { Parameters, propsOf } from './parameters';
export { LogLevel, RekindleProps } from './props';
export { Rekindle } from './rekindle';
export { RekindleStack, RekindleStackProps } from './stack';
export { RetrainingPolicy, RetrainingPolicyProps } from './retraining-policy';
export type { RekindlePolicy, Trigger } from '../generated/policy';
