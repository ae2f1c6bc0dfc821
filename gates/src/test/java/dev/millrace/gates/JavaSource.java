package dev.millrace.gates;

import static java.util.Objects.requireNonNull;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A Java file and its syntax tree, as the compiler's own parser reads it. Nothing is resolved:
 * rules see names as they are written.
 *
 * @param file as {@link SourceTree#name} gives it
 */
record JavaSource(String file, String text, CompilationUnitTree unit, DocTrees trees) {

  /** Parses files given as name to text. */
  static List<JavaSource> parse(Map<String, String> texts) {
    List<JavaFileObject> files =
        texts.entrySet().stream()
            .map(entry -> (JavaFileObject) new Text(entry.getKey(), entry.getValue()))
            .toList();
    var task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, problem -> {}, List.of("-proc:none"), null, files);
    DocTrees trees = DocTrees.instance(task);
    List<JavaSource> sources = new ArrayList<>();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String file = unit.getSourceFile().toUri().getPath().substring(1);
        String text = requireNonNull(texts.get(file), file);
        sources.add(new JavaSource(file, text, unit, trees));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  /** Parses all of the work tree's Java files. */
  static List<JavaSource> ofWorkTree() {
    return parse(
        SourceTree.javaFiles().stream()
            .collect(Collectors.toMap(SourceTree::name, SourceTree::read)));
  }

  /** Whether this is part of the product, and not of its tests, its examples or its benchmarks. */
  boolean isProduct() {
    return file.matches("(engine|executors|api)/src/main/java/.*");
  }

  /** The package's name, empty for the unnamed one. */
  String packageName() {
    var name = unit.getPackageName();
    return name == null ? "" : name.toString();
  }

  /** Whether the file says {@code package dev.millrace.<name>;} or is in a package below it. */
  boolean isIn(String name) {
    String full = "dev.millrace." + name;
    return packageName().equals(full) || packageName().startsWith(full + ".");
  }

  /** The number of lines. */
  long lines() {
    return text.lines().count();
  }

  /** The line where {@code tree} begins. */
  long line(Tree tree) {
    return lineOf(trees.getSourcePositions().getStartPosition(unit, tree));
  }

  /** The number of lines from the beginning of {@code tree}, annotations included, to its end. */
  long lines(Tree tree) {
    return lineOf(trees.getSourcePositions().getEndPosition(unit, tree)) - line(tree) + 1;
  }

  /** The doc comment of a declaration, or null. */
  @Nullable String doc(TreePath declaration) {
    return trees.getDocComment(declaration);
  }

  private long lineOf(long position) {
    return position < 0 ? 1 : unit.getLineMap().getLineNumber(position);
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String file, String text) {
      super(URI.create("text:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
