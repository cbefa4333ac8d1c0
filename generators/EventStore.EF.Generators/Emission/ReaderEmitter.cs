using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>
/// Emits the straight-line reader of a type. On anything unexpected it gives up, and System.Text.Json reads from the beginning, so
/// values and errors are always those of System.Text.Json.
/// </summary>
internal static class ReaderEmitter
{
    public static void Emit(SourceWriter code, CollectionShape shape)
    {
        var element = shape.Element.Type;
        var isMap = shape.Key is not null;
        var items = isMap ? $"{shape.Kind.ReadAs}<string, {element}>" : $"{shape.Kind.ReadAs}<{element}>";
        Begin(code, shape.Type.Code);
        Null(code);
        code.Line($"if (reader.TokenType != {Code.Token}{(isMap ? "StartObject" : "StartArray")})")
            .Line("    return false;")
            .Line($"var items = new {items}();")
            .Open($"while (reader.Read() && reader.TokenType != {Code.Token}{(isMap ? "EndObject" : "EndArray")})");
        if (isMap)
            code.Line("var key = reader.GetString();").Line("reader.Read();");
        code.Line($"{element} item;");
        Value(code, shape.Element, "item");
        code.Line(isMap ? "items[key] = item;" : "items.Add(item);")
            .Close()
            .Line(shape.Type.Code.EndsWith("[]", StringComparison.Ordinal) ? "value = items.ToArray();" : "value = items;")
            .Line("return true;")
            .Close();
    }

    public static void Emit(SourceWriter code, ObjectShape shape)
    {
        var members = shape.ReadMembers.ToList();
        var takesArguments = shape.Constructor.Parameters.Count > 0;
        var isDefault = shape.Constructor.Kind == ConstructorKind.DefaultValue;
        var make = shape.Constructor.Accessor ?? $"new {shape.Type.Code}";
        Begin(code, shape.Type.Code);
        if (!shape.IsValueType)
            Null(code);
        code.Line($"if (reader.TokenType != {Code.Token}StartObject)").Line("    return false;");
        if (takesArguments)
            Variables(code, shape, members);
        else
            code.Line($"var result = {(isDefault ? $"default({shape.Type.Code})" : $"{make}()")};");
        if (members.Count > 0)
            code.Line("var seen = 0ul;");
        Loop(code, shape, members, takesArguments);
        Required(code, members);
        if (takesArguments)
        {
            code.Line($"var result = {make}({string.Join(", ", shape.Constructor.Parameters.Select(p => $"m{Index(members, p)}"))});");
            for (var i = 0; i < members.Count; i++)
            {
                if (!shape.IsBound(members[i]))
                    code.Line($"if ((seen & {Bit(i)}) != 0)").Line("    " + AccessEmitter.Write(shape, members[i], $"m{i}"));
            }
        }

        code.Line("value = result;").Line("return true;").Close();
        if (members.Count > 0)
            NameEmitter.Emit(code, members);
    }

    /// <summary>Emits the method that a descriptor calls, which returns the value as an object.</summary>
    /// <param name="code">The writer of the file.</param>
    /// <param name="type">The type to read.</param>
    /// <param name="readerClass">The class that contains its reader, followed by a dot, or nothing for the current class.</param>
    public static void Boxed(SourceWriter code, string type, string readerClass = "") => code
        .Open($"private static bool Read(ref {Code.Reader} reader, out object? value)")
        .Line($"var isRead = {readerClass}TryRead(ref reader, out {type} typed);")
        .Line("value = typed;")
        .Line("return isRead;")
        .Close()
        .Line();

    private static void Begin(SourceWriter code, string type) => code
        .Line()
        .Open($"internal static bool TryRead(ref {Code.Reader} reader, out {type} value)")
        .Line("value = default;");

    private static void Null(SourceWriter code) => code.Line($"if (reader.TokenType == {Code.Token}Null)").Line("    return true;");

    private static void Variables(SourceWriter code, ObjectShape shape, List<MemberModel> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var parameter = shape.Constructor.Parameters.FirstOrDefault(p => p.JsonName == members[i].JsonName);
            code.Line($"{members[i].Value.Type} m{i} = {parameter?.Default ?? "default"};");
        }
    }

    private static void Loop(SourceWriter code, ObjectShape shape, List<MemberModel> members, bool takesArguments)
    {
        code.Open($"while ({Code.Values}Next(ref reader, out var name))");
        if (members.Count == 0)
        {
            Try(code, $"{Code.Values}Skip(ref reader, name)");
            code.Close();
            return;
        }

        code.Line("var index = IndexOf(name);");
        Try(code, $"{Code.Values}IsNew(index, ref seen)");
        code.Open("switch (index)");
        for (var i = 0; i < members.Count; i++)
        {
            code.Open($"case {Code.Number(i)}:");
            Case(code, shape, members[i], i, takesArguments);
            code.Line("break;").Close();
        }

        code.Open("default:");
        Try(code, $"{Code.Values}Skip(ref reader, name)");
        code.Line("break;").Close().Close().Close();
    }

    /// <summary>If the constructor takes no arguments, members are set as they are read, in JSON order, as in System.Text.Json.</summary>
    private static void Case(SourceWriter code, ObjectShape shape, MemberModel member, int index, bool takesArguments)
    {
        if (!takesArguments)
            code.Line($"{member.Value.Type} m{index};");
        Value(code, member.Value, $"m{index}");
        if (!takesArguments)
            code.Line(AccessEmitter.Write(shape, member, $"m{index}"));
    }

    private static void Required(SourceWriter code, List<MemberModel> members)
    {
        var mask = members.Select((member, i) => member.IsRequired ? 1ul << i : 0).Aggregate(0ul, (all, bit) => all | bit);
        if (mask != 0)
            code.Line($"if ((seen & {Bits(mask)}) != {Bits(mask)})").Line("    return false;");
    }

    /// <summary>Reads a value into a variable that is already declared.</summary>
    private static void Value(SourceWriter code, ValueModel value, string variable)
    {
        switch (value.Kind)
        {
            case ValueKind.Converter:
                code.Line($"{variable} = {Code.Values}Read<{value.Type}>(ref reader, {Code.Services}{value.Detail});");
                break;
            case ValueKind.Enum:
                Try(code, $"{MethodNames.Read(value.Detail)}(ref reader, out var number)");
                code.Line($"{variable} = ({value.Type})number;");
                break;
            case ValueKind.EnumName:
                foreach (var name in value.Names)
                {
                    code.Line($"if ({Code.Values}IsText(ref reader, {GeneratedFile.Literal(name.Name)}u8)) "
                        + $"{variable} = ({value.Type})({name.Number}); else");
                }

                code.Line("return false;");
                break;
            case ValueKind.Shape:
                Try(code, $"Json_{value.Detail}.TryRead(ref reader, out {variable})");
                break;
            case ValueKind.Nullable:
                code.Open($"if (reader.TokenType == {Code.Token}Null)").Line($"{variable} = null;").Close()
                    .Open("else").Line($"{value.Inner!.Type} present;");
                Value(code, value.Inner, "present");
                code.Line($"{variable} = present;").Close();
                break;
            default:
                Try(code, $"{MethodNames.Read(value.Type)}(ref reader, out {variable})");
                break;
        }
    }

    private static void Try(SourceWriter code, string attempt) => code.Line($"if (!{attempt}) return false;");

    private static int Index(List<MemberModel> members, ParameterModel parameter)
        => members.FindIndex(member => member.JsonName == parameter.JsonName);

    private static string Bit(int index) => Bits(1ul << index);

    private static string Bits(ulong mask) => "0x" + mask.ToString("x", System.Globalization.CultureInfo.InvariantCulture) + "ul";
}
