package dev.millrace.gates;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** Rules about declarations: their size, their names and their docs. */
final class Declarations {

  private static final int METHOD_LINES = 70;
  private static final int FILE_LINES = 600;
  private static final int FILE_LINES_TO_WARN_AT = 400;
  private static final int PARAMETERS = 6;
  private static final String BANNED_TYPE =
      "Abstract.+|.*(Util|Utils|Helper|Helpers|Manager|Impl|Interface)";
  private static final String BANNED_PACKAGE =
      ".*\\.(common|misc|util|utils|helper|helpers)(\\..*)?";

  private Declarations() {}

  static List<Finding> longMethods(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachMethod(
        sources,
        (source, owner, method) -> {
          long lines = source.lines(method);
          if (lines > METHOD_LINES) {
            findings.add(
                Finding.at(
                    "long-method",
                    source,
                    method,
                    name(owner, method),
                    lines + " lines, at most " + METHOD_LINES + ": give its parts names"));
          }
        });
    return findings;
  }

  static List<Finding> longFiles(List<JavaSource> sources) {
    return sources.stream()
        .filter(source -> source.lines() > FILE_LINES)
        .map(
            source ->
                new Finding(
                    "long-file",
                    source.file(),
                    "file",
                    1,
                    source.lines() + " lines, at most " + FILE_LINES + ": split it by concept"))
        .toList();
  }

  /** Files that are on their way to being too long: worth a line of output, not a failure. */
  static List<String> filesToWatch(List<JavaSource> sources) {
    return sources.stream()
        .filter(source -> source.lines() > FILE_LINES_TO_WARN_AT && source.lines() <= FILE_LINES)
        .map(source -> source.file() + ": " + source.lines() + " lines; it fails at " + FILE_LINES)
        .toList();
  }

  static List<Finding> parameters(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachMethod(
        sources,
        (source, owner, method) -> {
          int count = method.getParameters().size();
          boolean ofRecord =
              owner.getKind() == Tree.Kind.RECORD && method.getName().contentEquals("<init>");
          if (count > PARAMETERS && !ofRecord) {
            findings.add(
                Finding.at(
                    "parameters",
                    source,
                    method,
                    name(owner, method),
                    count + " parameters, at most " + PARAMETERS + ": make a record of them"));
          }
        });
    return findings;
  }

  static List<Finding> typeNames(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachType(
        sources,
        (source, path) -> {
          ClassTree type = (ClassTree) path.getLeaf();
          String name = type.getSimpleName().toString();
          if (name.matches(BANNED_TYPE)) {
            findings.add(
                Finding.at(
                    "type-name",
                    source,
                    type,
                    name,
                    "name the concept, or make it private beside its only user"));
          }
        });
    return findings;
  }

  static List<Finding> packageNames(List<JavaSource> sources) {
    return sources.stream()
        .filter(source -> source.packageName().matches(BANNED_PACKAGE))
        .map(
            source ->
                new Finding(
                    "package-name",
                    source.file(),
                    source.packageName(),
                    1,
                    "name the package after what it knows"))
        .toList();
  }

  static List<Finding> packageDocs(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    for (JavaSource source : sources) {
      String folder = source.file().substring(0, source.file().lastIndexOf('/') + 1);
      String info = folder + "package-info.java";
      if (!source.isProduct()
          || findings.stream().anyMatch(finding -> finding.file().equals(info))
          || sources.stream().anyMatch(other -> other.file().equals(info) && isComplete(other))) {
        continue;
      }
      findings.add(
          new Finding(
              "package-doc",
              info,
              source.packageName(),
              1,
              "write it, with @NullMarked and a sentence of what the package is"
                  + " and what it knows nothing of"));
    }
    return findings;
  }

  static List<Finding> typeDocs(List<JavaSource> sources) {
    List<Finding> findings = new ArrayList<>();
    eachType(
        sources,
        (source, path) -> {
          ClassTree type = (ClassTree) path.getLeaf();
          if (source.isProduct() && isPublic(type) && isBlank(source.doc(path))) {
            findings.add(
                Finding.at(
                    "type-doc",
                    source,
                    type,
                    type.getSimpleName().toString(),
                    "public, so say in its first sentence what it is"));
          }
        });
    return findings;
  }

  private static boolean isComplete(JavaSource packageInfo) {
    String text = packageInfo.text();
    int doc = Math.max(text.indexOf("/**"), text.indexOf("///"));
    return doc >= 0
        && doc < text.indexOf("package ")
        && packageInfo.unit().getPackageAnnotations().stream()
            .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("NullMarked"));
  }

  private static boolean isPublic(ClassTree type) {
    return type.getModifiers().getFlags().contains(Modifier.PUBLIC);
  }

  private static boolean isBlank(@Nullable String doc) {
    return doc == null || doc.isBlank();
  }

  private static String name(ClassTree owner, MethodTree method) {
    return owner.getSimpleName() + "." + method.getName();
  }

  private interface MethodVisitor {
    void visit(JavaSource source, ClassTree owner, MethodTree method);
  }

  private interface TypeVisitor {
    void visit(JavaSource source, TreePath type);
  }

  private static void eachMethod(List<JavaSource> sources, MethodVisitor visitor) {
    eachType(
        sources,
        (source, path) -> {
          ClassTree owner = (ClassTree) path.getLeaf();
          for (Tree member : owner.getMembers()) {
            if (member instanceof MethodTree method) {
              visitor.visit(source, owner, method);
            }
          }
        });
  }

  private static void eachType(List<JavaSource> sources, TypeVisitor visitor) {
    for (JavaSource source : sources) {
      new TypeScanner(path -> visitor.visit(source, path)).scan(source.unit(), null);
    }
  }

  private static final class TypeScanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final Consumer<TreePath> onType;

    TypeScanner(Consumer<TreePath> onType) {
      this.onType = onType;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      onType.accept(getCurrentPath());
      return super.visitClass(type, null);
    }
  }
}
