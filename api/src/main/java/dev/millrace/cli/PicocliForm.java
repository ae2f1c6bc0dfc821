package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Commands as picocli knows them, for what it does well: laying out help, and completion. */
final class PicocliForm {
  private static final int WIDTH = 100;

  private PicocliForm() {}

  /** Returns the help of a command. */
  static String usage(Syntax syntax) {
    CommandLine command = new CommandLine(spec(syntax).name("millrace " + syntax.command()));
    return command.setUsageHelpWidth(WIDTH).getUsageMessage(Ansi.OFF);
  }

  /** Returns a script for bash, which zsh takes too. */
  static String completion() {
    CommandLine root = new CommandLine(CommandSpec.create().name("millrace"));
    for (String name : Verbs.NAMES) {
      Verb verb = Verbs.of(name);
      if (verb == null) {
        continue;
      }
      CommandLine parent = root;
      String[] words = name.split(" ", -1);
      for (int i = 0; i < words.length - 1; i++) {
        CommandLine known = parent.getSubcommands().get(words[i]);
        if (known == null) {
          known = new CommandLine(CommandSpec.create());
          parent.addSubcommand(words[i], known);
        }
        parent = known;
      }
      parent.addSubcommand(words[words.length - 1], new CommandLine(spec(verb.syntax())));
    }
    return AutoComplete.bash("millrace", root);
  }

  private static CommandSpec spec(Syntax syntax) {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(syntax.summary(), "")
        .sortOptions(false)
        .autoWidth(false)
        .longOptionsMaxWidth(WIDTH / 3)
        .width(WIDTH);
    for (int i = 0; i < syntax.positionals().size(); i++) {
      spec.addPositional(positional(syntax.positionals().get(i), i));
    }
    for (Option option : syntax.options()) {
      spec.addOption(option(option));
    }
    return spec;
  }

  private static PositionalParamSpec positional(Positional positional, int index) {
    boolean several = positional.most() > 1;
    PositionalParamSpec.Builder builder =
        PositionalParamSpec.builder()
            .index(several ? index + "..*" : Integer.toString(index))
            .arity(positional.least() + ".." + (several ? "*" : "1"))
            .paramLabel(positional.label())
            .description(positional.description());
    return (several
            ? builder.type(List.class).auxiliaryTypes(String.class)
            : builder.type(String.class))
        .build();
  }

  private static OptionSpec option(Option option) {
    OptionSpec.Builder builder =
        OptionSpec.builder(option.name()).description(option.description());
    if (option.label() != null) {
      builder.paramLabel(option.label());
    }
    return switch (option.arity()) {
      case FLAG -> builder.type(boolean.class).build();
      case ONCE -> builder.type(String.class).build();
      case OFTEN -> builder.type(List.class).auxiliaryTypes(String.class).build();
      case FLAG_OR_VALUE -> builder.type(String.class).arity("0..1").build();
    };
  }
}
