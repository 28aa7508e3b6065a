// The whole of Service Catalog's life, from an empty hub to a terminated launch, in the AWS SDK for JavaScript.
//
// node catalog.mjs json|cbor HUB DEV TEMPLATE_URL

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import * as sc from "@aws-sdk/client-service-catalog";
import { SmithyRpcV2CborProtocol } from "@smithy/core/cbor";

const [wire, hub, dev, templateUrl] = process.argv.slice(2);

// The wire that the SDK chooses by itself, unless it is told another.
function client(account) {
  const credentials = { accessKeyId: account, secretAccessKey: "sandbox" };
  const made = new sc.ServiceCatalogClient({
    credentials,
    ...(wire === "cbor" ? { protocol: SmithyRpcV2CborProtocol } : {}),
  });
  return made;
}

const admin = client(hub);
const team = client(dev);
const call = (who, command, input = {}) => who.send(new sc[`${command}Command`](input));

async function until(read, done) {
  for (let look = 0; look < 300; look += 1) {
    const found = await read();
    if (done(found)) return found;
    await pause(100);
  }
  throw new Error("nothing came of it");
}

async function all(paginate, who, member, input = {}) {
  const pages = [];
  for await (const page of paginate({ client: who, pageSize: 1 }, input)) pages.push(page[member]);
  assert.ok(pages.every((page) => page.length <= 1));
  return pages.flat();
}

async function refused(type, promise) {
  const error = await promise.then(() => assert.fail(`no ${type.name}`), (found) => found);
  assert.ok(error instanceof type, `${error.name} is no ${type.name}: ${error.message}`);
  assert.equal(error.name, type.name);
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.ok(error.message);
}

const ended = (who, record) =>
  until(
    () => call(who, "DescribeRecord", { Id: record.RecordDetail.RecordId }),
    ({ RecordDetail }) => ["SUCCEEDED", "FAILED"].includes(RecordDetail.Status),
  );

// The administrator's part.
const portfolio = (await call(admin, "CreatePortfolio", { DisplayName: "Tools", ProviderName: "Platform" }))
  .PortfolioDetail;
assert.ok(portfolio.CreatedTime instanceof Date);
assert.ok(Math.abs(Date.now() - portfolio.CreatedTime.getTime()) < 60_000);
const second = (await call(admin, "CreatePortfolio", { DisplayName: "More", ProviderName: "Platform" })).PortfolioDetail;

const version = (Name) => ({ Name, Type: "CLOUD_FORMATION_TEMPLATE", Info: { LoadTemplateFromURL: templateUrl } });
const made = await call(admin, "CreateProduct", {
  Name: "topic",
  Owner: "Platform",
  ProductType: "CLOUD_FORMATION_TEMPLATE",
  Tags: [{ Key: "team", Value: "platform" }],
  ProvisioningArtifactParameters: version("1.0.0"),
});
const ProductId = made.ProductViewDetail.ProductViewSummary.ProductId;
const artifact = await call(admin, "CreateProvisioningArtifact", { ProductId, Parameters: version("1.1.0") });
const ProvisioningArtifactId = artifact.ProvisioningArtifactDetail.Id;
const described = await until(
  () => call(admin, "DescribeProvisioningArtifact", { ProductId, ProvisioningArtifactId }),
  ({ Status }) => Status !== "CREATING",
);
assert.equal(described.Status, "AVAILABLE");
for (const PortfolioId of [portfolio.Id, second.Id]) {
  await call(admin, "AssociateProductWithPortfolio", { ProductId, PortfolioId });
}
const constraint = await call(admin, "CreateConstraint", {
  ProductId,
  PortfolioId: portfolio.Id,
  Type: "LAUNCH",
  Parameters: JSON.stringify({ LocalRoleName: "launch" }),
});
assert.equal(constraint.ConstraintDetail.Type, "LAUNCH");
await call(admin, "CreatePortfolioShare", { PortfolioId: portfolio.Id, AccountId: dev });
await call(team, "AcceptPortfolioShare", { PortfolioId: portfolio.Id });

const owned = await all(sc.paginateListPortfolios, admin, "PortfolioDetails");
assert.deepEqual(owned.map(({ Id }) => Id).sort(), [portfolio.Id, second.Id].sort());
const holders = await all(sc.paginateListPortfoliosForProduct, admin, "PortfolioDetails", { ProductId });
assert.equal(holders.length, 2);
const products = await all(sc.paginateSearchProductsAsAdmin, admin, "ProductViewDetails");
assert.deepEqual(products.map(({ ProductViewSummary }) => ProductViewSummary.Name), ["topic"]);

await refused(sc.ResourceNotFoundException, call(admin, "DescribePortfolio", { Id: "port-none" }));
await refused(sc.ResourceInUseException, call(admin, "DeletePortfolio", { Id: portfolio.Id }));
await refused(
  sc.DuplicateResourceException,
  call(admin, "CreateConstraint", {
    ProductId,
    PortfolioId: portfolio.Id,
    Type: "LAUNCH",
    Parameters: JSON.stringify({ LocalRoleName: "launch" }),
  }),
);
await refused(
  sc.InvalidParametersException,
  call(admin, "CreateConstraint", { ProductId, PortfolioId: second.Id, Type: "LAUNCH", Parameters: "{}" }),
);

// The end user's part.
const offered = await call(team, "SearchProducts", { Filters: { FullTextSearch: ["topic"] } });
assert.deepEqual(offered.ProductViewSummaries.map((item) => item.ProductId), [ProductId]);
const [path] = await all(sc.paginateListLaunchPaths, team, "LaunchPathSummaries", { ProductId });
assert.equal(path.ConstraintSummaries[0].Type, "LAUNCH");
const asked = await call(team, "DescribeProvisioningParameters", { ProductId, ProvisioningArtifactId, PathId: path.Id });
assert.deepEqual(
  asked.ProvisioningArtifactParameters.map((item) => [item.ParameterKey, item.DefaultValue, item.IsNoEcho]),
  [["Title", "none", false]],
);

const ProvisionedProductName = "alerts";
const launch = { ProductId, ProvisioningArtifactId, PathId: path.Id, ProvisionedProductName };
await refused(
  sc.ResourceNotFoundException,
  call(team, "ProvisionProduct", { ...launch, ProvisioningArtifactId: "pa-none" }),
);
const record = await ended(
  team,
  await call(team, "ProvisionProduct", { ...launch, ProvisioningParameters: [{ Key: "Title", Value: "shop" }] }),
);
assert.equal(record.RecordDetail.Status, "SUCCEEDED", JSON.stringify(record.RecordDetail.RecordErrors));
assert.ok(record.RecordDetail.UpdatedTime instanceof Date);
await refused(sc.InvalidParametersException, call(team, "ProvisionProduct", launch));

const outputs = await all(sc.paginateGetProvisionedProductOutputs, team, "Outputs", { ProvisionedProductName });
const topic = outputs.find(({ OutputKey }) => OutputKey === "TopicArn").OutputValue;
assert.ok(topic.startsWith(`arn:aws:sns:us-east-1:${dev}:`));
const running = await all(sc.paginateSearchProvisionedProducts, team, "ProvisionedProducts");
assert.deepEqual(running.map(({ Name, Status }) => [Name, Status]), [[ProvisionedProductName, "AVAILABLE"]]);

const terminated = await ended(team, await call(team, "TerminateProvisionedProduct", { ProvisionedProductName }));
assert.equal(terminated.RecordDetail.Status, "SUCCEEDED");
await refused(
  sc.ResourceNotFoundException,
  call(team, "DescribeProvisionedProduct", { Name: ProvisionedProductName }),
);

console.log(JSON.stringify({ protocol: admin.config.protocol.constructor.name, topic }));
