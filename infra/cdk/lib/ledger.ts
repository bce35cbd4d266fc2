import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface LedgerProps {
  readonly tableName: string;
  readonly deletionProtection: boolean;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The table of what was started, why, and what is pending. */
export class Ledger extends dynamodb.Table {
  constructor(scope: Construct, id: string, props: LedgerProps) {
    super(scope, id, {
      tableName: props.tableName,
      partitionKey: { name: 'model', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'item', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      ...(props.encryptionKey === undefined
        ? {}
        : { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.encryptionKey }),
      // Kept even when the stack goes: without it Rekindle forgets which generations exist and what it has spent.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}
