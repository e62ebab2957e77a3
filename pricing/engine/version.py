"""The version of the engine; raise it whenever any measurement or any price could come out different."""

ENGINE_VERSION = "3"
