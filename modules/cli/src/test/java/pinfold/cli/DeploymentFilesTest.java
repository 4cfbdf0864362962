package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.Session;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.cluster.member.ClusterNode;

/** What deploy/ says agrees with itself, with the command and with the cluster's settings. Nothing of it is run here. */
class DeploymentFilesTest {
  private static final Path REPOSITORY = repository();
  private static final Path DEPLOY = REPOSITORY.resolve("deploy");
  private static final List<String> OVERLAYS = List.of("one-machine", "tls");
  private static final int CLUSTER_PORT = 7400;
  private static final int HTTP_PORT = 7480;
  private static final String NAME = "pinfold";

  @TempDir Path temp;

  /** The options of a member, as its command reads them. */
  private record Member(String listen, List<String> join, String http, String runs, int copies, String config) {}

  @Test
  void portsAreTheDefaultsOfTheCommand() {
    Member defaults = member(List.of("node", "--runs=x"));
    assertThat(defaults.listen).endsWith(":" + CLUSTER_PORT);
    assertThat(defaults.http).endsWith(":" + HTTP_PORT);
    assertThat(text("Containerfile")).contains("EXPOSE " + CLUSTER_PORT + " " + HTTP_PORT + "\n");
  }

  @Test
  void composeHasThreeMembersWithOneListAndARunOnThem() {
    Map<String, Object> services = map(yaml(text("compose.yaml")).getFirst(), "services");
    List<String> names = services.keySet().stream().filter(name -> name.startsWith("member-")).toList();
    assertThat(names).containsExactly("member-0", "member-1", "member-2");
    for (String name : names) {
      Map<String, Object> service = map(services, name);
      Member member = member(strings(service, "command"));
      assertThat(service).containsEntry("hostname", name).containsEntry("read_only", true);
      assertThat(member.listen).isEqualTo(name + ":" + CLUSTER_PORT);
      assertThat(member.join).isEqualTo(names.stream().map(each -> each + ":" + CLUSTER_PORT).toList());
      assertThat(member.http).isEqualTo("0.0.0.0:" + HTTP_PORT);
      assertThat(strings(service, "volumes")).containsExactly("runs:" + member.runs);
      assertThat(member.copies).as("they share the volume").isZero();
      assertThat(strings(map(service, "healthcheck"), "test").getLast()).contains("/127.0.0.1/" + HTTP_PORT + " ", "GET /status ");
      assertThat(seconds((String) service.get("stop_grace_period"))).isGreaterThan(shutdownSeconds());
      for (String port : service.containsKey("ports") ? strings(service, "ports") : List.<String>of()) {
        assertThat(port).as("reached from this machine alone").isEqualTo("127.0.0.1:" + HTTP_PORT + ":" + HTTP_PORT);
      }
    }
    Map<String, Object> run = map(services, "run");
    assertThat(map(run, "depends_on").keySet()).containsExactlyElementsOf(names);
    CommandLine.ParseResult parsed = parse(strings(run, "command"));
    assertThat(parsed.subcommand().matchedOptionValue("--cluster", List.<String>of()))
        .isEqualTo(names.stream().map(name -> name + ":" + HTTP_PORT).toList());
    assertThat(Files.exists(REPOSITORY.resolve(strings(run, "command").get(1)))).isTrue();
    assertThat(map(yaml(text("compose.yaml")).getFirst(), "volumes").keySet()).containsExactlyInAnyOrder("runs", "results");
  }

  @Test
  void theImageIsNotRootAndStartsJavaAsTheLauncherDoes() throws IOException {
    String file = text("Containerfile");
    assertThat(all("(?m)^FROM (\\S+)", file)).containsExactly("docker.io/library/eclipse-temurin:25-jdk");
    assertThat(all("(?m)^USER (\\S+)", file)).containsExactly("10001:10001");
    assertThat(file).doesNotContain("http://", "https://", "ADD ", "curl", "wget", "apt-get");
    assertThat(all("(?m)^ENTRYPOINT (.*)", file)).containsExactly("[\"java\", \"@/opt/pinfold/java.options\", \"pinfold.cli.Pinfold\"]");
    String launcher = Files.readString(REPOSITORY.resolve("pinfold"));
    String function = launcher.substring(launcher.indexOf("jvm_options() {"), launcher.indexOf("class_path() {"));
    assertThat(text("java.options").lines()).containsAll(all("(?<= )(-[-X]\\S+)", function));
    // What is copied is what the context lets in.
    List<String> context = Files.readAllLines(REPOSITORY.resolve(".dockerignore"));
    for (String copy : all("(?m)^COPY (.*)", file)) {
      String[] words = copy.split(" ");
      assertThat(context).containsAll(Stream.of(words).limit(words.length - 1).map(word -> "!" + word).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-machine", "tls"})
  void kubernetesNamesPortsAndSeedsAgree(String overlay) throws Exception {
    Map<String, Map<String, Object>> objects = rendered(overlay);
    Map<String, Object> set = object(objects, "StatefulSet/" + NAME);
    Map<String, Object> pod = map(set, "spec", "template", "spec");
    Map<String, Object> container = only(pod, "containers");
    Member member = member(strings(container, "args"));
    int replicas = (Integer) map(set, "spec").get("replicas");
    String service = (String) map(set, "spec").get("serviceName");

    assertThat(member.listen).isEqualTo("$(POD_NAME)." + service + ":" + CLUSTER_PORT);
    List<String> every = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      every.add(NAME + "-" + i + "." + service + ":" + CLUSTER_PORT);
    }
    assertThat(member.join).isEqualTo(every);
    assertThat(ports(container, "name", "containerPort")).isEqualTo(Map.of("cluster", CLUSTER_PORT, "http", HTTP_PORT));
    assertThat(member.http).isEqualTo("0.0.0.0:" + HTTP_PORT);

    Map<String, Object> headless = map(object(objects, "Service/" + service), "spec");
    assertThat(headless).containsEntry("clusterIP", "None").containsEntry("publishNotReadyAddresses", true);
    assertThat(ports(headless, "targetPort", "port")).isEqualTo(Map.of("cluster", CLUSTER_PORT));
    Map<String, Object> http = map(object(objects, "Service/pinfold-http"), "spec");
    assertThat(ports(http, "targetPort", "port")).isEqualTo(Map.of("http", HTTP_PORT));

    Map<String, Object> labels = map(set, "spec", "template", "metadata", "labels");
    Map<String, Object> network = map(object(objects, "NetworkPolicy/" + NAME), "spec");
    Map<String, Object> budget = map(object(objects, "PodDisruptionBudget/" + NAME), "spec");
    for (Map<String, Object> selector : List.of(map(set, "spec", "selector", "matchLabels"), map(headless, "selector"),
        map(http, "selector"), map(network, "podSelector", "matchLabels"), map(budget, "selector", "matchLabels"))) {
      assertThat(labels).containsAllEntriesOf(selector);
    }
    assertThat(replicas - (Integer) budget.get("maxUnavailable")).as("left while nodes are emptied").isGreaterThan(replicas / 2);
    assertThat((Integer) budget.get("maxUnavailable")).as("volumes that are away").isLessThanOrEqualTo(member.copies);

    assertThat(peers(network, "ingress", "from")).isEqualTo(Map.of(
        "{matchLabels=" + labels + "}", Set.of("cluster"), "{matchLabels={pinfold-client=true}}", Set.of("http")));
    assertThat(peers(network, "egress", "to")).isEqualTo(Map.of(
        "{matchLabels=" + labels + "}", Set.of("cluster"), "{matchLabels={k8s-app=kube-dns}}", Set.of("53")));
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      boolean asks = !overlay.equals("tls"); // With TLS a member answers nobody without a certificate.
      assertThat(map(container, probe).get("httpGet")).isEqualTo(asks ? Map.of("path", "/status", "port", "http") : null);
      assertThat(map(container, probe).get("tcpSocket")).isEqualTo(asks ? null : Map.of("port", "http"));
    }
    assertThat((Integer) pod.get("terminationGracePeriodSeconds")).isGreaterThan(shutdownSeconds());
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-machine", "tls"})
  void kubernetesMembersHaveNoRightsAndSeeTheirFiles(String overlay) throws Exception {
    Map<String, Map<String, Object>> objects = rendered(overlay);
    Map<String, Object> pod = map(object(objects, "StatefulSet/" + NAME), "spec", "template", "spec");
    Map<String, Object> container = only(pod, "containers");
    Member member = member(strings(container, "args"));
    assertThat(map(pod, "securityContext")).containsEntry("runAsNonRoot", true).containsEntry("runAsUser", 10001)
        .containsEntry("fsGroup", 10001).containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
    assertThat(map(container, "securityContext")).isEqualTo(Map.of("allowPrivilegeEscalation", false,
        "readOnlyRootFilesystem", true, "capabilities", Map.of("drop", List.of("ALL"))));
    assertThat(pod).containsEntry("automountServiceAccountToken", false);

    Map<String, Map<String, Object>> volumes = new TreeMap<>();
    maps(pod, "volumes").forEach(volume -> volumes.put((String) volume.get("name"), volume));
    Map<String, Map<String, Object>> mounts = new TreeMap<>();
    maps(container, "volumeMounts").forEach(mount -> mounts.put((String) mount.get("mountPath"), mount));
    // Runs are on a volume of the pod's own, so other members need copies.
    Map<String, Object> claim = only(map(object(objects, "StatefulSet/" + NAME), "spec"), "volumeClaimTemplates");
    assertThat(map(claim, "spec").get("accessModes")).isEqualTo(List.of("ReadWriteOnce"));
    assertThat(member.copies).isPositive();
    assertThat(mounts.get(member.runs)).containsEntry("name", map(claim, "metadata").get("name")).doesNotContainKey("readOnly");
    Set<String> mounted = new TreeSet<>(mounts.values().stream().map(mount -> (String) mount.get("name")).toList());
    assertThat(mounted.remove((String) map(claim, "metadata").get("name"))).isTrue();
    assertThat(volumes.keySet()).isEqualTo(mounted);

    // The file of --config: from the map that is mounted there, and the settings in it are those of a member.
    Path config = Path.of(member.config);
    String source = (String) map(volumes.get((String) mounts.get(config.getParent().toString()).get("name")), "configMap").get("name");
    String content = (String) map(object(objects, "ConfigMap/" + source), "data").get(config.getFileName().toString());
    assertThat(setting(content, environment(container)).getString("pekko.remote.artery.bind.hostname")).isEqualTo("0.0.0.0");
  }

  @Test
  void theJobThatSubmitsARunReachesTheMembers() throws Exception {
    Map<String, Map<String, Object>> objects = rendered("one-machine");
    Map<String, Object> job = yaml(text("kubernetes/run.yaml")).getFirst();
    Map<String, Object> container = only(map(job, "spec", "template", "spec"), "containers");
    CommandLine.ParseResult run = parse(strings(container, "args")).subcommand();
    assertThat(run.matchedOptionValue("--cluster", List.<String>of())).containsExactly("pinfold-http:" + HTTP_PORT);
    assertThat(objects).containsKey("Service/pinfold-http");
    assertThat(map(job, "metadata").get("namespace")).isEqualTo(NAME);
    assertThat(peers(map(object(objects, "NetworkPolicy/" + NAME), "spec"), "ingress", "from"))
        .containsEntry("{matchLabels=" + map(job, "spec", "template", "metadata", "labels") + "}", Set.of("http"));
    assertThat(map(container, "securityContext"))
        .isEqualTo(map(only(map(object(objects, "StatefulSet/" + NAME), "spec", "template", "spec"), "containers"), "securityContext"));
  }

  @Test
  void withTlsEveryMemberIsGivenItsOwnKeys() throws Exception {
    Map<String, Map<String, Object>> objects = rendered("tls");
    Map<String, Object> pod = map(object(objects, "StatefulSet/" + NAME), "spec", "template", "spec");
    Map<String, Object> container = only(pod, "containers");
    Map<String, String> environment = environment(container);
    List<String> asked = all("\\$\\{(\\w+)}", Files.readString(REPOSITORY.resolve("config/cluster-tls.conf")));
    assertThat(environment.keySet()).containsAll(asked);
    Map<String, String> mounted = new TreeMap<>();
    maps(container, "volumeMounts").stream().filter(mount -> mount.get("name").equals("certificates")).forEach(mount -> mounted.put(
        (String) mount.get("mountPath"), (String) (mount.containsKey("subPath") ? mount.get("subPath") : mount.get("subPathExpr"))));
    assertThat(mounted).isEqualTo(Map.of(environment.get("PINFOLD_TLS_KEYS"), "$(POD_NAME).p12",
        environment.get("PINFOLD_TLS_TRUST"), "trust.p12"));
    String config = (String) objects.entrySet().stream().filter(entry -> entry.getKey().startsWith("ConfigMap/"))
        .map(entry -> map(entry.getValue(), "data").get("member.conf")).findFirst().orElseThrow();
    assertThat(setting(config, environment).getString("pekko.remote.artery.transport")).isEqualTo("tls-tcp");
    assertThat(all("(?m)^#(PINFOLD_TLS_\\w+)", text("systemd/member.env"))).containsExactlyInAnyOrderElementsOf(new TreeSet<>(asked));
  }

  @Test
  void systemdStartsAMemberWithOptionsOfTheCommand() {
    Map<String, String> environment = new LinkedHashMap<>();
    text("systemd/member.env").lines().filter(line -> line.matches("\\w+=.*"))
        .forEach(line -> environment.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    String unit = text("systemd/pinfold.service").replace("\\\n", " ");
    String command = all("(?m)^ExecStart=(.*)", unit).getFirst();
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      command = command.replace("${" + variable.getKey() + "}", variable.getValue());
    }
    List<String> words = List.of(command.trim().split("\\s+"));
    assertThat(words.getFirst()).isEqualTo("/opt/pinfold/pinfold");
    Member member = member(words.subList(1, words.size()));
    assertThat(member.join).hasSize(3).contains(member.listen).allMatch(seed -> seed.endsWith(":" + CLUSTER_PORT));
    assertThat(member.http).isEqualTo("127.0.0.1:" + HTTP_PORT);
    assertThat(member.copies).as("members that may be lost, of three").isEqualTo(1);
    assertThat(unit).contains("\nRequiresMountsFor=" + member.runs + "\n", "\nUser=pinfold\n", "\nNoNewPrivileges=yes\n");
    assertThat(member.runs).isEqualTo("/var/lib/" + all("(?m)^StateDirectory=(.*)", unit).getFirst());
    assertThat(Integer.parseInt(all("(?m)^TimeoutStopSec=(\\d+)$", unit).getFirst())).isGreaterThan(shutdownSeconds());
    assertThat(text("systemd/pinfold.sysusers")).contains("\nu pinfold ");
    assertThat(ConfigFactory.parseString(text("systemd/member.conf")).isEmpty()).as("as shipped").isTrue();
  }

  @Test
  void systemdAcceptsTheUnit() throws Exception {
    needs("systemd-analyze");
    // As it will be after the installation: the command is where this repository is.
    Path unit = Files.writeString(temp.resolve("pinfold.service"),
        text("systemd/pinfold.service").replace("/opt/pinfold/pinfold", REPOSITORY.resolve("pinfold").toString()));
    assertThat(output("systemd-analyze", "verify", unit.toString())).isEmpty();
  }

  @Test
  void shellScriptsAreClean() throws Exception {
    needs("shellcheck");
    assertThat(output("shellcheck", REPOSITORY.resolve("pinfold").toString(), REPOSITORY.resolve(".ci/run").toString(),
        DEPLOY.resolve("make-test-certificates.sh").toString(), DEPLOY.resolve("test/soak.sh").toString(),
        DEPLOY.resolve("test/cut-network.sh").toString())).isEmpty();
  }

  // --- reading --------------------------------------------------------------------------------------

  /** What kustomize makes of an overlay, by kind and name. */
  private static Map<String, Map<String, Object>> rendered(String overlay) throws Exception {
    assertThat(OVERLAYS).contains(overlay);
    needs("kubectl");
    Map<String, Map<String, Object>> objects = new TreeMap<>();
    for (Map<String, Object> object
        : yaml(output("kubectl", "kustomize", DEPLOY.resolve("kubernetes/overlays").resolve(overlay).toString()))) {
      Map<String, Object> metadata = map(object, "metadata");
      objects.put(object.get("kind") + "/" + metadata.get("name"), object);
      assertThat(object.get("kind").equals("Namespace") ? metadata.get("name") : metadata.get("namespace")).isEqualTo(NAME);
    }
    return objects;
  }

  /** A member's settings as they are in the image, where this repository's config directory is below /opt/pinfold. */
  private static Config setting(String content, Map<String, String> environment) {
    return ConfigFactory.parseString(content.replace("/opt/pinfold/config", REPOSITORY.resolve("config").toString()))
        .withFallback(ConfigFactory.parseMap(environment)).resolve();
  }

  private static Map<String, String> environment(Map<String, Object> container) {
    Map<String, String> environment = new TreeMap<>();
    maps(container, "env").forEach(variable -> environment.put((String) variable.get("name"),
        variable.containsKey("value") ? (String) variable.get("value") : "secret"));
    return environment;
  }

  private static Map<String, Integer> ports(Map<String, Object> of, String name, String number) {
    Map<String, Integer> ports = new TreeMap<>();
    maps(of, "ports").forEach(port -> ports.put((String) port.get(name), (Integer) port.get(number)));
    return ports;
  }

  /** Which peers may use which ports. */
  private static Map<String, Set<String>> peers(Map<String, Object> network, String direction, String side) {
    Map<String, Set<String>> peers = new TreeMap<>();
    for (Map<String, Object> rule : maps(network, direction)) {
      Set<String> ports = new TreeSet<>(maps(rule, "ports").stream().map(port -> port.get("port").toString()).toList());
      peers.put(only(rule, side).get("podSelector").toString(), ports);
    }
    return peers;
  }

  /** What the phases of a member's shutdown may take together, at most. */
  private static int shutdownSeconds() {
    Config config = ConfigFactory.parseResources(ClusterNode.class, "/pinfold/cluster/cluster.conf")
        .withFallback(ConfigFactory.defaultReference()).resolve().getConfig("pekko.coordinated-shutdown");
    long ordinary = config.getDuration("default-phase-timeout", TimeUnit.SECONDS);
    return config.getObject("phases").keySet().stream().map(phase -> config.getConfig("phases").getConfig(phase))
        .mapToInt(phase -> (int) (phase.hasPath("timeout") ? phase.getDuration("timeout", TimeUnit.SECONDS) : ordinary)).sum();
  }

  private static Member member(List<String> arguments) {
    NodeCommand node = (NodeCommand) parse(arguments).subcommand().commandSpec().userObject();
    return new Member(node.listen, node.join, node.http, node.runs.toString(), node.copies, node.config == null ? null : node.config.toString());
  }

  private static CommandLine.ParseResult parse(List<String> arguments) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Session session = new Session(nowhere, nowhere, new Terminal(false, false, 80), new Cancellation(), REPOSITORY,
        "test", arguments);
    return new Pinfold(BackEnds.ofThisBuild(), session).commandLine().parseArgs(arguments.toArray(String[]::new));
  }

  private static List<Map<String, Object>> yaml(String text) {
    List<Map<String, Object>> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text).forEach(document -> documents.add(asMap(document)));
    return documents;
  }

  private static Map<String, Object> object(Map<String, Map<String, Object>> objects, String name) {
    assertThat(objects).containsKey(name);
    return objects.get(name);
  }

  private static Map<String, Object> map(Map<String, Object> from, String... path) {
    Map<String, Object> at = from;
    for (String key : path) {
      assertThat(at).containsKey(key);
      at = asMap(at.get(key));
    }
    return at;
  }

  private static Map<String, Object> only(Map<String, Object> from, String key) {
    assertThat(maps(from, key)).hasSize(1);
    return maps(from, key).getFirst();
  }

  private static List<Map<String, Object>> maps(Map<String, Object> from, String key) {
    return ((List<?>) from.get(key)).stream().map(DeploymentFilesTest::asMap).toList();
  }

  private static List<String> strings(Map<String, Object> from, String key) {
    return ((List<?>) from.get(key)).stream().map(String.class::cast).toList();
  }

  private static Map<String, Object> asMap(Object object) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) object).forEach((key, value) -> map.put((String) key, value));
    return map;
  }

  private static int seconds(String duration) {
    return (int) ConfigFactory.parseMap(Map.of("it", duration)).getDuration("it", TimeUnit.SECONDS);
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String text(String file) {
    try {
      return Files.readString(DEPLOY.resolve(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void needs(String tool) {
    boolean there = Stream.of(System.getenv("PATH").split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    if (!there) {
      System.err.println("SKIPPED: deploy/ is not checked with " + tool + ", which is not installed");
    }
    assumeTrue(there, tool + " is not installed");
  }

  /** What a tool prints, also on standard error; it must succeed. */
  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static Path repository() {
    Path path = Path.of("").toAbsolutePath();
    while (!Files.exists(path.resolve("pinfold"))) {
      path = path.getParent();
    }
    return path;
  }
}
