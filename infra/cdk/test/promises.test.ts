import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROMISES } from './promises';
import { resourcesOf, stackOf, SWITCHED_ON } from './support';

const DEFAULTS = resourcesOf(stackOf());
const EVERYTHING = resourcesOf(stackOf(SWITCHED_ON));

for (const promise of PROMISES) {
  test(promise.name, () => {
    assert.deepEqual([...promise.complaints(DEFAULTS)], []);
    assert.deepEqual([...promise.complaints(EVERYTHING)], []);
  });
  for (const [how, apply] of Object.entries(promise.broken)) {
    test(`${promise.name}: it is noticed when ${how}`, () => {
      const resources = structuredClone(EVERYTHING);
      apply(resources);
      assert.notDeepEqual(resources, EVERYTHING, 'this breaks nothing');
      assert.notDeepEqual([...promise.complaints(resources)], []);
    });
  }
}
