using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the class of a type with members: its metadata and its straight-line writer.</summary>
internal static class ObjectEmitter
{
    public static void Emit(SourceWriter code, ObjectShape shape)
    {
        var type = shape.Type.Code;
        Create(code, shape);
        Parameters(code, shape.Constructor.Parameters);
        Properties(code, shape);
        if (shape.HasWriter)
        {
            WriterEmitter.Emit(code, shape);
        }
        else
        {
            code.Open($"internal static void Write({Code.Writer} writer, {type} value)")
                .Line($"{ContextEmitter.ClassName}.Default.Write<{type}>(writer, value);")
                .Close();
        }

        if (shape.HasReader)
            ReaderEmitter.Emit(code, shape);
        AccessorEmitter.Emit(code, shape.Accessors);
    }

    private static void Create(SourceWriter code, ObjectShape shape)
    {
        var parameters = shape.Constructor.Parameters;
        var make = shape.Constructor.Accessor ?? $"new {shape.Type.Code}";
        var create = shape.Constructor.Kind switch
        {
            ConstructorKind.DefaultValue => $"static () => default({shape.Type.Code})",
            ConstructorKind.Constructor when parameters.Count == 0 => $"static () => {make}()",
            _ => "null",
        };
        var arguments = string.Join(", ", parameters.Select((parameter, i) => $"({parameter.Type})a[{i}]"));
        var construct = parameters.Count > 0 ? $"static a => {make}({arguments})" : "null";
        code.Line($"internal static {Code.TypeInfo} Create({Code.Options} options)")
            .Line($"    => {Code.Helper}ObjectInfo<{shape.Type.Code}>(")
            .Line("        options,")
            .Line($"        {create},")
            .Line($"        {construct},")
            .Line($"        {(parameters.Count > 0 ? "Parameters" : "null")},")
            .Line("        Properties,")
            .Line($"        {(shape.HasWriter ? "Write" : "null")}{Options(shape.Handling)});")
            .Line();
    }

    private static void Parameters(SourceWriter code, EquatableArray<ParameterModel> parameters)
    {
        if (parameters.Count == 0)
            return;
        code.Line($"private static {Code.ParameterInfo}[] Parameters() => new {Code.ParameterInfo}[]").Line("{");
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            var optional = parameter.Default is null ? "" : $", true, {parameter.Default}";
            code.Line($"    {Code.Helper}Parameter({i}, {GeneratedFile.Literal(parameter.Name)}, typeof({parameter.Type}){optional}),");
        }

        code.Line("};").Line();
    }

    private static void Properties(SourceWriter code, ObjectShape shape)
    {
        code.Line($"private static {Code.PropertyInfo}[] Properties({Code.Options} options) => new {Code.PropertyInfo}[]")
            .Line("{");
        foreach (var member in shape.Members)
        {
            code.Line($"    {Code.Helper}Property<{member.Value.Type}>(")
                .Line($"        options, typeof({member.DeclaringType}), {GeneratedFile.Literal(member.Name)},")
                .Line($"        {AccessEmitter.Getter(shape, member)},")
                .Line($"        {AccessEmitter.Setter(shape, member)}{Options(member)}),");
        }

        code.Line("};").Line();
    }

    private static string Options(MemberModel member)
        => (member.HasExplicitName ? $", jsonName: {GeneratedFile.Literal(member.JsonName)}" : "")
            + (member.IsRequired ? ", isRequired: true" : "")
            + (member.Order == 0 ? "" : $", order: {Code.Number(member.Order)}")
            + (member.Ignore is null ? "" : $", ignore: {Code.Json}Serialization.JsonIgnoreCondition.{member.Ignore}")
            + (member.Converter is null ? "" : $", converter: {member.Converter}")
            + (member.IsExtensionData ? ", isExtensionData: true" : "")
            + Options(member.Handling);

    private static string Options(Handling handling)
        => (handling.Numbers is null ? "" : $", numbers: {handling.Numbers}")
            + (handling.Creation is null ? "" : $", creation: {handling.Creation}")
            + (handling.Unmapped is null ? "" : $", unmapped: {handling.Unmapped}");
}
