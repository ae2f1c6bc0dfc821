package dev.millrace.plan;

import dev.millrace.pipeline.Command;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A task whose expressions have their values.
 *
 * @param command what is run; its texts are final
 * @param env declared variables by name
 * @param image in which it runs, or null for none
 * @param texts contents of the inputs that are {@link PlannedInput.Text}, by input name
 */
public record ExpandedTask(
    Command command,
    SequencedMap<String, String> env,
    @Nullable String image,
    SequencedMap<String, String> texts) {

  public ExpandedTask {
    env = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(env));
    texts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(texts));
  }
}
