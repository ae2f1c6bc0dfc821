package dev.millrace.journal;

class InMemoryDefinitionsTest extends DefinitionStoreTck {
  private final DefinitionStore definitions = new InMemoryDefinitions();

  @Override
  protected DefinitionStore open() {
    return definitions;
  }

  @Override
  protected DefinitionStore reopen() {
    return definitions;
  }
}
