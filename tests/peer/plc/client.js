"use strict";
// An independent client: connects with each security policy, reads every node it is told of, and sends one command.
// `node client.js '{"endpoint","pki","folder","site","nodes":[…],"unit"}'`; prints JSON.

const fs = require("fs");
const path = require("path");
const {
  AttributeIds, DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAClient, SecurityPolicy, StatusCodes,
} = require("node-opcua");
const { commandCrc } = require("./crc");
const { COMMAND, Kind } = require("./codes");

const NAMESPACE = "urn:autosilo:tower:1";
const ANSWER_MS = 5000;

function pem(derFile, pemFile) {
  const text = fs.readFileSync(derFile).toString("base64").match(/.{1,64}/g).join("\n");
  fs.writeFileSync(pemFile, `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`);
  return pemFile;
}

async function connect(given, policy) {
  const manager = new OPCUACertificateManager({ rootFolder: path.join(given.folder, "certificates") });
  await manager.initialize();
  await manager.trustCertificate(fs.readFileSync(path.join(given.pki, "plc.cert.der")));
  const client = OPCUAClient.create({
    applicationUri: `urn:autosilo:${given.site}:controller`,
    applicationName: "independent client",
    securityMode: MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy[policy],
    certificateFile: pem(path.join(given.pki, "controller.cert.der"), path.join(given.folder, "controller.pem")),
    privateKeyFile: path.join(given.pki, "controller.key.pem"),
    clientCertificateManager: manager,
    connectionStrategy: { maxRetry: 0 },
    endpointMustExist: false,
  });
  await client.connect(given.endpoint);
  return client;
}

async function readAll(session, index, nodes) {
  const answers = await session.read(
    nodes.map((name) => ({ nodeId: `ns=${index};s=${name}`, attributeId: AttributeIds.Value })),
  );
  const bad = nodes.filter((_, n) => answers[n].statusCode !== StatusCodes.Good);
  const types = Object.fromEntries(nodes.map((name, n) => [name, DataType[answers[n].value.dataType]]));
  return { bad, types };
}

async function sync(session, index, unit) {
  const status = async (field) => (await session.read({ nodeId: `ns=${index};s=${unit}.Status.${field}`, attributeId: AttributeIds.Value })).value.value;
  const epoch = (await status("AckEpoch")) + 1;
  const command = {
    Epoch: epoch, Seq: 1, JobId: 1, Kind: Kind.SYNC, Src: "", Dst: "", VehicleClass: 0,
    Deadline: Math.floor(Date.now() / 1000) + 5,
  };
  command.Crc = commandCrc(command);
  const written = await session.write(
    Object.entries(COMMAND).map(([field, type]) => ({
      nodeId: `ns=${index};s=${unit}.Command.${field}`,
      attributeId: AttributeIds.Value,
      value: { value: { dataType: DataType[type], value: command[field] } },
    })),
  );
  const until = Date.now() + ANSWER_MS;
  while (Date.now() < until && (await status("AckEpoch")) !== epoch) await new Promise((next) => setTimeout(next, 20));
  return {
    written: written.every((one) => one === StatusCodes.Good),
    asked: epoch,
    acknowledged: await status("AckEpoch"),
    reject: await status("RejectCode"),
  };
}

async function main() {
  const given = JSON.parse(process.argv[2]);
  const seen = {};
  for (const policy of ["Basic256Sha256", "Aes256_Sha256_RsaPss"]) {
    const client = await connect(given, policy);
    const session = await client.createSession();
    const index = (await session.readNamespaceArray()).indexOf(NAMESPACE);
    seen[policy] = { ...(await readAll(session, index, given.nodes)), sync: await sync(session, index, given.unit) };
    await session.close();
    await client.disconnect();
  }
  console.log(`RESULT ${JSON.stringify(seen)}`);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
