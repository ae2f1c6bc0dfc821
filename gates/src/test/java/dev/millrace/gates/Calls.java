package dev.millrace.gates;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rules about what may be called where. */
final class Calls {

  /** Packages that are functions of their arguments: time, ids and chance are given to them. */
  static final List<String> PURE =
      List.of("digest", "json", "pipeline", "expression", "plan", "run", "schedule");

  private static final Pattern CLOCK =
      Pattern.compile(
          "System\\.(currentTimeMillis|nanoTime)"
              + "|(Instant|LocalDate|LocalTime|LocalDateTime|ZonedDateTime|OffsetDateTime)\\.now"
              + "|Clock\\.(system.*|tick.*)");

  private static final Set<String> CHANCE =
      Set.of("Random", "SecureRandom", "SplittableRandom", "ThreadLocalRandom", "RandomGenerator");

  private static final Pattern CHANCE_CALL =
      Pattern.compile("Math\\.random|UUID\\.randomUUID|Collections\\.shuffle");

  private static final Pattern PRINTING = Pattern.compile("System\\.(out|err)");

  private Calls() {}

  static List<Finding> clockInPurePackages(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachName(
        sources.stream().filter(Calls::isPure).toList(),
        (source, tree, name) -> {
          if (CLOCK.matcher(name).matches()) {
            findings.add(
                Finding.at("clock", source, tree, name, "pure package: take the time as argument"));
          }
        });
    return findings;
  }

  static List<Finding> chanceInPurePackages(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachName(
        sources.stream().filter(Calls::isPure).toList(),
        (source, tree, name) -> {
          if (CHANCE.contains(name) || CHANCE_CALL.matcher(name).matches()) {
            findings.add(
                Finding.at(
                    "chance", source, tree, name, "pure package: take the id or seed as argument"));
          }
        });
    return findings;
  }

  static List<Finding> sleeping(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachName(
        sources,
        (source, tree, name) -> {
          if (name.endsWith(".sleep")) {
            findings.add(
                Finding.at(
                    "sleep", source, tree, name, "await the condition itself, with a deadline"));
          }
        });
    return findings;
  }

  /**
   * Only one file of the product may print: the command line's printer. So whoever wants to know
   * what reaches the terminal has one place to read.
   */
  static List<Finding> printing(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    List<Finding> ofCommandLine = new ArrayList<>();
    eachName(
        sources.stream().filter(JavaSource::isProduct).toList(),
        (source, tree, name) -> {
          boolean prints = PRINTING.matcher(name).matches();
          if (prints || name.endsWith(".printStackTrace")) {
            Finding finding =
                Finding.at(
                    "printing", source, tree, name, "only the command line's one printer prints");
            (prints && source.isIn("cli") ? ofCommandLine : findings).add(finding);
          }
        });
    if (ofCommandLine.stream().map(Finding::file).distinct().count() > 1) {
      findings.addAll(ofCommandLine);
    }
    return findings;
  }

  private static boolean isPure(JavaSource source) {
    return source.isProduct() && PURE.stream().anyMatch(source::isIn);
  }

  private interface NameVisitor {
    void visit(JavaSource source, Tree tree, String name);
  }

  /** Visits every name as written: identifiers, and the last two parts of qualified names. */
  private static void eachName(List<JavaSource> sources, NameVisitor visitor) {
    for (JavaSource source : sources) {
      new NameScanner((tree, name) -> visitor.visit(source, tree, name)).scan(source.unit(), null);
    }
  }

  private static final class NameScanner extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final BiConsumer<Tree, String> onName;

    NameScanner(BiConsumer<Tree, String> onName) {
      this.onName = onName;
    }

    @Override
    public @Nullable Void visitImport(ImportTree tree, @Nullable Void nothing) {
      if (tree.isStatic()) {
        onName.accept(tree, lastTwoParts(tree.getQualifiedIdentifier().toString()));
      }
      return null;
    }

    @Override
    public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
      onName.accept(tree, tree.getName().toString());
      return null;
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
      Tree of = tree.getExpression();
      String owner =
          switch (of) {
            case IdentifierTree identifier -> identifier.getName().toString();
            case MemberSelectTree select -> select.getIdentifier().toString();
            default -> "";
          };
      onName.accept(tree, owner + "." + tree.getIdentifier());
      return super.visitMemberSelect(tree, null);
    }

    private static String lastTwoParts(String name) {
      int last = name.lastIndexOf('.');
      return name.substring(name.lastIndexOf('.', last - 1) + 1);
    }
  }
}
