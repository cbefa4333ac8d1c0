using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the static class of a shape. The runtime initializes it when the type is first stored or read.</summary>
internal static class ShapeEmitter
{
    public static void Emit(SourceWriter code, Shape shape, Action<SourceWriter>? more = null)
    {
        code.Lines(GeneratedFile.Attributes).Open($"internal static class Json_{shape.Type.Id}");
        more?.Invoke(code);
        switch (shape)
        {
            case ObjectShape obj:
                ObjectEmitter.Emit(code, obj);
                break;
            case CollectionShape collection:
                CollectionEmitter.Emit(code, collection);
                break;
        }

        code.Close();
    }
}
