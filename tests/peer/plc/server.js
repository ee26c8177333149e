"use strict";
// The OPC UA face, by node-opcua: SignAndEncrypt only, one pinned client certificate.

const fs = require("fs");
const path = require("path");
const {
  DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy,
  StatusCodes, makeAccessLevelFlag, nodesets,
} = require("node-opcua");
const { COMMAND, groups } = require("./codes");

const NAMESPACE = "urn:autosilo:tower:1";

/** DER file -> PEM text, which node-opcua reads. */
function pem(derFile) {
  const text = fs.readFileSync(derFile).toString("base64").match(/.{1,64}/g).join("\n");
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function writable(id) {
  const [group, field] = id.split(".").slice(-2);
  return group === "Command" || (group === "Heartbeat" && field === "Controller");
}

class MailboxServer {
  constructor({ site, pki, folder, port }) {
    Object.assign(this, { site, pki, folder, port });
    this.mutants = new Set();
    this.nodes = new Map(); // "unit.group.field" -> {variable, dataType, value}
  }

  /** Everything but the open port. Whether there is an endpoint without security is settled here. */
  async prepare(mutants) {
    fs.mkdirSync(this.folder, { recursive: true });
    const certificateFile = path.join(this.folder, "plc.cert.pem");
    fs.writeFileSync(certificateFile, pem(path.join(this.pki, "plc.cert.der")));
    const plain = mutants.has("endpoint-without-security");
    const server = new OPCUAServer({
      port: this.port,
      hostname: "127.0.0.1",
      host: "127.0.0.1",
      securityModes: [MessageSecurityMode.SignAndEncrypt, ...(plain ? [MessageSecurityMode.None] : [])],
      securityPolicies: [
        SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss, ...(plain ? [SecurityPolicy.None] : []),
      ],
      allowAnonymous: true,
      certificateFile,
      privateKeyFile: path.join(this.pki, "plc.key.pem"),
      serverInfo: { applicationUri: `urn:autosilo:${this.site.slug}:plc`, applicationName: { text: "peer PLC" } },
      serverCertificateManager: await this.pinned(),
      nodeset_filename: [nodesets.standard],
      serverCapabilities: { maxSessions: 20 },
      maxConnectionsPerEndpoint: 40,
    });
    await server.initialize();
    this.addNodes(server.engine.addressSpace);
    this.server = server;
  }

  async listen() {
    await this.server.start();
  }

  /** An empty mailbox, and these mutants from now on. */
  reset(mutants) {
    this.mutants = mutants;
    for (const [id, node] of this.nodes) {
      node.value = node.dataType === DataType.String ? "" : 0;
      node.variable.setValueFromSource({ dataType: node.dataType, value: node.value });
      const access = makeAccessLevelFlag(writable(id) || mutants.has("status-writable") ? "CurrentRead | CurrentWrite" : "CurrentRead");
      node.variable.accessLevel = access;
      node.variable.userAccessLevel = access;
    }
  }

  /** Looks at the certificate that opens the channel; the one stated in CreateSession does not matter any more. */
  async pinned() {
    const manager = new OPCUACertificateManager({ rootFolder: path.join(this.folder, `certificates-${process.pid}`) });
    await manager.initialize();
    const known = () => fs.readFileSync(path.join(this.pki, "controller.cert.der"));
    manager.checkCertificate = async (chain) => {
      const certificate = Array.isArray(chain) ? chain[0] : chain;
      if (this.mutants.has("accepts-any-certificate") || known().equals(certificate)) return StatusCodes.Good;
      return StatusCodes.BadCertificateUntrusted;
    };
    return manager;
  }

  addNodes(addressSpace) {
    const namespace = addressSpace.registerNamespace(NAMESPACE);
    const units = [
      ...[...this.site.lifts.keys()].map((name) => [name, groups(true, false)]),
      ...[...this.site.stations.values()].map((s) => [s.name, groups(false, s.intake)]),
    ];
    for (const [unit, byGroup] of units) {
      const folder = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: unit, nodeId: `s=${unit}` });
      for (const [group, fields] of Object.entries(byGroup)) {
        const object = namespace.addObject({ organizedBy: folder, browseName: group, nodeId: `s=${unit}.${group}` });
        for (const [field, type] of Object.entries(fields)) this.addNode(namespace, object, `${unit}.${group}.${field}`, type);
      }
    }
  }

  addNode(namespace, object, id, type) {
    const field = id.split(".").pop();
    const dataType = DataType[type];
    const value = type === "String" ? "" : 0;
    const access = writable(id) ? "CurrentRead | CurrentWrite" : "CurrentRead";
    const variable = namespace.addVariable({
      componentOf: object, browseName: field, nodeId: `s=${id}`, dataType: type, accessLevel: access,
      userAccessLevel: access, value: { dataType, value },
    });
    this.nodes.set(id, { variable, dataType, value });
  }

  read(id) {
    return this.nodes.get(id).variable.readValue().value.value;
  }

  heartbeat(unit) {
    return this.read(`${unit}.Heartbeat.Controller`);
  }

  command(unit) {
    return Object.fromEntries(Object.keys(COMMAND).map((field) => [field, this.read(`${unit}.Command.${field}`) ?? ""]));
  }

  publish(unit, byGroup) {
    for (const [group, fields] of Object.entries(byGroup)) {
      for (const [field, value] of Object.entries(fields)) {
        const node = this.nodes.get(`${unit}.${group}.${field}`);
        if (node.value === value) continue;
        node.value = value;
        node.variable.setValueFromSource({ dataType: node.dataType, value });
      }
    }
  }
}

module.exports = { MailboxServer };
